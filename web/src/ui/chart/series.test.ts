import { expect, test } from "vitest";
import { groupOf, groupsOf, nearest, smoothed, thinned } from "./series";

test.each([
  ["G/loss", "loss"],
  ["D/real_logits", "logits"],
  ["D/gap", "logits"],
  ["D/accuracy", "accuracy"],
  ["G/gradient_norm", "gradient"],
  ["G/cycle", "terms"],
  ["images_per_second", "speed"],
  ["memory_mb", "memory"],
  ["learning_rate_scale", "rate"],
  ["augment_p", "other"],
  ["nimg", null],
])("%s belongs to %s", (key, group) => {
  expect(groupOf(key)).toBe(group);
});

test("lines become curves over thousands of pictures; what is no number leaves no point", () => {
  const groups = groupsOf([
    { nimg: 1000, "G/loss": 1, "D/loss": 2, stage: "main" },
    { nimg: 2000, "G/loss": null, "D/loss": 3 },
  ]);
  expect(groups).toEqual([
    {
      name: "loss",
      series: [
        {
          key: "D/loss",
          points: [
            { x: 1, y: 2 },
            { x: 2, y: 3 },
          ],
        },
        { key: "G/loss", points: [{ x: 1, y: 1 }] },
      ],
    },
  ]);
});

test("smoothing begins at the first value, not at zero, and keeps a constant", () => {
  const flat = [5, 5, 5].map((y, x) => ({ x, y }));
  for (const { y } of smoothed(flat, 0.9)) expect(y).toBeCloseTo(5);
  expect(smoothed([{ x: 0, y: 7 }], 0.99)[0]?.y).toBeCloseTo(7);
  expect(smoothed(flat, 0)).toEqual(flat);
});

test("thinning keeps spikes, order and the last point", () => {
  const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 5001 ? 99 : Math.sin(x) }));
  const thin = thinned(points, 600);
  expect(thin.length).toBeLessThanOrEqual(610);
  expect(thin.some(({ y }) => y === 99)).toBe(true);
  expect(thin.every((point, i) => i === 0 || point.x > (thin[i - 1]?.x ?? 0))).toBe(true);
  expect(thin.at(-1)).toEqual(points.at(-1));
});

test("the nearest point is found on either side and beyond both ends", () => {
  const points = [0, 10, 20].map((x) => ({ x, y: x }));
  expect([-5, 4, 6, 14, 99].map((x) => nearest(points, x)?.x)).toEqual([0, 0, 10, 10, 20]);
  expect(nearest([], 3)).toBeUndefined();
});
