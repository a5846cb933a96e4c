// What the page and its worker say to each other.
import type { Graph } from "./model";

export type Runtime = "webgpu" | "wasm";

export type Question =
  | { kind: "open"; graphs: readonly Graph[]; runtimes: readonly Runtime[]; base: string }
  | { kind: "run"; id: number; graph: string; inputs: Record<string, Float32Array> };

export type Opened = {
  runtime: Runtime;
  /** Largest mean difference from the samples. */
  difference: number;
  /** From the start to the first answer. */
  milliseconds: number;
};

export type Reply =
  | { kind: "loading"; bytes: number }
  | ({ kind: "opened" } & Opened)
  | { kind: "failed"; id?: number; message: string }
  | { kind: "answer"; id: number; output: Float32Array; milliseconds: number };
