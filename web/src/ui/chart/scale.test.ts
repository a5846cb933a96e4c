import { expect, test } from "vitest";
import { linear, logarithmic } from "./scale";

test("a linear scale maps its ends onto the pixels and has round ticks inside", () => {
  const scale = linear(0, 97, 40, 400, 5);
  expect(scale.place(0)).toBe(40);
  expect(scale.place(97)).toBe(400);
  expect(scale.ticks).toEqual([0, 20, 40, 60, 80]);
});

test("a vertical axis may grow upwards", () => {
  const scale = linear(-1, 1, 200, 0, 4);
  expect(scale.place(-1)).toBe(200);
  expect(scale.place(0)).toBe(100);
  expect(scale.ticks).toEqual([-1, -0.5, 0, 0.5, 1]);
});

test.each([0, 5, -3])("a flat curve of %d lies in the middle", (value) => {
  const scale = linear(value, value, 0, 100, 4);
  expect(scale.place(value)).toBeCloseTo(50);
  expect(scale.ticks.length).toBeGreaterThan(1);
});

test("ticks carry no rounding error of the sum", () => {
  expect(linear(0, 0.3, 0, 100, 3).ticks).toEqual([0, 0.1, 0.2, 0.3]);
});

test("a logarithmic scale gives each decade the same room", () => {
  const { place, ticks } = logarithmic(0.001, 1000, 0, 600);
  expect(place(0.1) - place(0.01)).toBeCloseTo(place(100) - place(10));
  expect(ticks.every((tick) => tick >= 0.00095 && tick <= 1050)).toBe(true);
  expect(ticks.length).toBeLessThanOrEqual(5);
});

test("within two decades the ticks are 1, 2 and 5", () => {
  expect(logarithmic(1, 50, 0, 100).ticks).toEqual([1, 2, 5, 10, 20, 50]);
});

test("what lies far below a logarithmic axis stays finite", () => {
  expect(Number.isFinite(logarithmic(0.1, 10, 0, 100).place(0))).toBe(true);
});

test("a constant with rounding errors has an axis around it", () => {
  const { place, ticks } = linear(0.75, 0.75 + 1e-16 * 3, 100, 0, 4);
  expect(place(0.75)).toBeCloseTo(50);
  expect(ticks.length).toBeGreaterThan(1);
  expect(ticks.length).toBeLessThan(12);
});
