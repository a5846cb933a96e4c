// The model as the page calls it: one worker, one call at a time, the newest first.
import type { Opened, Question, Reply, Runtime } from "./messages";
import type { Model } from "./model";

export type Computed = { output: Float32Array; milliseconds: number };

type Waiting = { resolve: (computed: Computed) => void; reject: (problem: unknown) => void };

/** What is tried, in order; `?runtime=wasm` or `?runtime=webgpu` in the address takes that one alone. */
function runtimesOf({ webgpu }: Model): Runtime[] {
  const asked = new URLSearchParams(window.location.search).get("runtime");
  if (asked === "wasm" || (asked === "webgpu" && webgpu)) return [asked];
  return webgpu ? ["webgpu", "wasm"] : ["wasm"];
}

export class Engine {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;
  private last: Promise<unknown> = Promise.resolve();

  /** Loads the graphs and compares them with their samples. `loading` hears how many bytes are there. */
  open(model: Model, loading: (bytes: number) => void): Promise<Opened> {
    const { graphs } = model;
    return new Promise((resolve, reject) => {
      this.worker.addEventListener("error", (event) =>
        reject(new Error(event.message || "The worker does not start.")),
      );
      this.worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
        if (data.kind === "loading") loading(data.bytes);
        else if (data.kind === "opened") resolve(data);
        else if (data.kind === "answer") this.settle(data.id, (one) => one.resolve(data));
        else if (data.id === undefined) reject(new Error(data.message));
        else this.settle(data.id, (one) => one.reject(new Error(data.message)));
      });
      this.send({ kind: "open", graphs, runtimes: runtimesOf(model), base: document.baseURI });
    });
  }

  /** One row through a graph. A call that is given up before its turn is not computed. */
  run(graph: string, inputs: Record<string, Float32Array>, signal?: AbortSignal): Promise<Computed> {
    const turn = this.last.then(() => {
      signal?.throwIfAborted();
      return new Promise<Computed>((resolve, reject) => {
        const id = ++this.count;
        this.waiting.set(id, { resolve, reject });
        this.send({ kind: "run", id, graph, inputs });
      });
    });
    this.last = turn.catch(() => {});
    return turn;
  }

  private settle(id: number, how: (one: Waiting) => void): void {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    if (one) how(one);
  }

  private send(question: Question): void {
    this.worker.postMessage(question);
  }
}
