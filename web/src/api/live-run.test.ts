import { expect, test } from "vitest";
import { join } from "./live-run";

const lines = (...nimgs: number[]) => nimgs.map((nimg) => ({ nimg, "G/loss": nimg }));

test("new lines follow the old ones, and nothing new changes nothing", () => {
  const old = lines(1, 2);
  expect(join(old, lines(3))).toEqual(lines(1, 2, 3));
  expect(join(old, [])).toBe(old);
  expect(old).toEqual(lines(1, 2));
});

test("a line that is not after the last one means that the run went back", () => {
  expect(join(lines(1, 2, 3, 4), lines(3))).toEqual(lines(1, 2, 3));
  expect(join(lines(5, 6), lines(1, 2))).toEqual(lines(1, 2));
});
