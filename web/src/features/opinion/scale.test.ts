import { expect, test } from "vitest";
import { shownWidth } from "./scale";

test("a pixel of a picture covers a whole number of the screen's pixels", () => {
  expect(shownWidth(256, 1000, 1)).toBe(256);
  expect(shownWidth(256, 358, 3)).toBe(256);
  expect(shownWidth(256, 1000, 1.5)).toBeCloseTo((256 * 2) / 1.5);
});

test("a picture that would not fit gets fewer, and one at least", () => {
  expect(shownWidth(512, 358, 3)).toBeCloseTo((512 * 2) / 3);
  expect(shownWidth(2048, 358, 2)).toBe(1024);
});
