// The sample of a graph: inputs, and what must be computed of them.
import type { Graph } from "./model";

/** Mean difference of numbers in [-1, 1] above which an answer is another one: about one step of an 8-bit picture. */
export const MOST_DIFFERENCE = 0.01;

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

const fromLevels = (levels: Uint8Array) => Float32Array.from(levels, (level) => level / 127.5 - 1);

export type Sample = { inputs: Record<string, Float32Array>; output: Float32Array };

/** Pictures and rolls, of four dimensions, are bytes that stand for -1 to 1; other inputs are float32. */
export function readSample(graph: Graph, content: ArrayBuffer): Sample {
  let at = 0;
  const take = (bytes: number) => {
    at += bytes;
    return content.slice(at - bytes, at);
  };
  const inputs: Record<string, Float32Array> = {};
  for (const [name, shape] of Object.entries(graph.inputs)) {
    const count = sizeOf(shape);
    inputs[name] = shape.length === 4 ? fromLevels(new Uint8Array(take(count))) : new Float32Array(take(4 * count));
  }
  return { inputs, output: fromLevels(new Uint8Array(take(sizeOf(graph.output)))) };
}

/** The mean difference of two outputs, of numbers kept within [-1, 1]; infinite where they are no such numbers. */
export function difference(output: Float32Array, expected: Float32Array): number {
  if (output.length !== expected.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < expected.length; i++) {
    sum += Math.abs(Math.min(Math.max(output[i] ?? Number.NaN, -1), 1) - (expected[i] ?? 0));
  }
  return Number.isFinite(sum) ? sum / expected.length : Number.POSITIVE_INFINITY;
}
