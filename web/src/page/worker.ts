// Runs the graphs beside the page, so that drawing never waits for them. WebGPU is used where the browser has it and
// computes the samples right, else WebAssembly on one thread, which needs no headers of the server.
import type { InferenceSession } from "onnxruntime-web";
import type { Opened, Question, Reply, Runtime } from "./messages";
import type { Graph } from "./model";
import { difference, MOST_DIFFERENCE, readSample } from "./sample";

type Library = typeof import("onnxruntime-web");
type Loaded = { graph: Graph; content: Uint8Array; sample: ArrayBuffer };

const say = (reply: Reply, transfer: Transferable[] = []) => self.postMessage(reply, { transfer });

async function read(address: string, report: (bytes: number) => void): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (!answer.ok || !answer.body) throw new Error(`${address}: ${answer.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    report(value.length);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

class Engine {
  private readonly library: Library;
  private readonly sessions: ReadonlyMap<string, { session: InferenceSession; graph: Graph }>;

  private constructor(library: Library, sessions: Engine["sessions"]) {
    this.library = library;
    this.sessions = sessions;
  }

  static async open(runtime: Runtime, loaded: readonly Loaded[]): Promise<Engine> {
    const library: Library =
      runtime === "webgpu" ? await import("onnxruntime-web/webgpu") : await import("onnxruntime-web/wasm");
    library.env.wasm.numThreads = 1;
    library.env.logLevel = "fatal";
    const sessions = new Map<string, { session: InferenceSession; graph: Graph }>();
    for (const { graph, content } of loaded) {
      const session = await library.InferenceSession.create(content, { executionProviders: [runtime] });
      sessions.set(graph.name, { session, graph });
    }
    return new Engine(library, sessions);
  }

  async run(name: string, inputs: Record<string, Float32Array>): Promise<Float32Array> {
    const found = this.sessions.get(name);
    if (!found) throw new Error(`There is no graph ${name}.`);
    const { session, graph } = found;
    const feeds = Object.fromEntries(
      session.inputNames.map((input) => [
        input,
        new this.library.Tensor("float32", inputs[input] ?? new Float32Array(), graph.inputs[input] ?? []),
      ]),
    );
    const output = (await session.run(feeds)).output;
    if (!output) throw new Error("The graph has no output.");
    return new Float32Array((await output.getData()) as Float32Array);
  }

  /** The largest mean difference from the samples. */
  async check(loaded: readonly Loaded[]): Promise<number> {
    let largest = 0;
    for (const { graph, sample } of loaded) {
      const { inputs, output } = readSample(graph, sample);
      largest = Math.max(largest, difference(await this.run(graph.name, inputs), output));
    }
    return largest;
  }
}

type Adapter = { isFallbackAdapter?: boolean; info?: { isFallbackAdapter?: boolean } };

/** Whether there is a graphics processor; one that is computed by software is slower than WebAssembly. */
async function hasGraphicsProcessor(): Promise<boolean> {
  const { gpu } = navigator as Navigator & { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter && !adapter.isFallbackAdapter && !adapter.info?.isFallbackAdapter);
}

async function open(graphs: readonly Graph[], runtimes: readonly Runtime[], base: string): Promise<[Engine, Opened]> {
  const began = performance.now();
  let bytes = 0;
  const report = (more: number) => {
    bytes += more;
    say({ kind: "loading", bytes });
  };
  const loaded = await Promise.all(
    graphs.map(async (graph) => ({
      graph,
      content: await read(new URL(graph.file, base).href, report),
      sample: (await read(new URL(graph.sample, base).href, () => {})).buffer as ArrayBuffer,
    })),
  );
  const attempt = async (runtime: Runtime): Promise<[Engine, Opened]> => {
    const engine = await Engine.open(runtime, loaded);
    const found = await engine.check(loaded);
    return [engine, { runtime, difference: found, milliseconds: performance.now() - began }];
  };
  const [first, second] = runtimes;
  if (first && second) {
    const usable = first !== "webgpu" || (await hasGraphicsProcessor());
    const opened = usable ? await attempt(first).catch(() => undefined) : undefined;
    if (opened && opened[1].difference <= MOST_DIFFERENCE) return opened;
  }
  return attempt(second ?? first ?? "wasm");
}

let engine: Engine | undefined;
let queue: Promise<unknown> = Promise.resolve();

async function answer(question: Question): Promise<void> {
  const id = question.kind === "run" ? { id: question.id } : {};
  try {
    if (question.kind === "open") {
      const [next, opened] = await open(question.graphs, question.runtimes, question.base);
      engine = next;
      say({ kind: "opened", ...opened });
      return;
    }
    if (!engine) throw new Error("The model is not loaded yet.");
    const began = performance.now();
    const output = await engine.run(question.graph, question.inputs);
    say({ kind: "answer", id: question.id, output, milliseconds: performance.now() - began }, [output.buffer]);
  } catch (problem) {
    say({ kind: "failed", ...id, message: problem instanceof Error ? problem.message : String(problem) });
  }
}

self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  queue = queue.then(() => answer(data));
});
