import { expect, test } from "vitest";
import { difference, readSample } from "./sample";

const graph = { name: "model", file: "", bytes: 0, sample: "" };

test("a sample is bytes of its inputs, then of its output; pictures are steps of 1/127.5 from -1", () => {
  const content = new Uint8Array([...new Uint8Array(new Float32Array([0.5, 2]).buffer), 0, 255, 255, 0]);
  const shapes = { inputs: { z: [1, 2], given: [1, 1, 1, 2] }, output: [1, 1, 2, 1] };
  const { inputs, output } = readSample({ ...graph, ...shapes }, content.buffer);
  expect(inputs).toEqual({ z: new Float32Array([0.5, 2]), given: new Float32Array([-1, 1]) });
  expect(output).toEqual(new Float32Array([1, -1]));
});

test("numbers beyond -1 and 1 are shown as these, and what is no number is no answer", () => {
  expect(difference(new Float32Array([1.5, -1]), new Float32Array([1, -0.5]))).toBeCloseTo(0.25);
  expect(difference(new Float32Array([Number.NaN]), new Float32Array([1]))).toBe(Number.POSITIVE_INFINITY);
  expect(difference(new Float32Array(2), new Float32Array(3))).toBe(Number.POSITIVE_INFINITY);
});
