import { expect, test } from "vitest";
import { comparedCurves, comparedMetrics, differences } from "./differences";

test("only settings that differ are listed, by their paths; what one recipe lacks is empty", () => {
  expect(
    differences(
      { family: "dcgan", train: { kimg: 90, betas: [0, 0.9] }, data: { crop: null } },
      { family: "dcgan", train: { kimg: 200, betas: [0, 0.9] }, data: { crop: "face", void: 1 } },
    ),
  ).toEqual([
    { path: "train.kimg", values: ["90", "200"] },
    { path: "data.crop", values: ["–", "face"] },
    { path: "data.void", values: ["", "1"] },
  ]);
});

test("each term has a series for both runs, so that a run keeps its colour", () => {
  const found = comparedCurves(
    ["A", "B"],
    [[{ nimg: 1000, "G/loss": 2 }], [{ nimg: 2000, "G/loss": 1, "G/cycle": 3 }]],
  );
  expect(found).toEqual([
    {
      term: "G/loss",
      series: [
        { key: "A", points: [{ x: 1, y: 2 }] },
        { key: "B", points: [{ x: 2, y: 1 }] },
      ],
    },
    {
      term: "G/cycle",
      series: [
        { key: "A", points: [] },
        { key: "B", points: [{ x: 2, y: 3 }] },
      ],
    },
  ]);
});

test("of each metric the newest value of both runs is compared", () => {
  const one = { metric: "kid_effnet", value: 0.2, nimg: 1000, protocol: {} };
  const later = { ...one, value: 0.1, nimg: 2000 };
  const fid = { metric: "fid", value: 30, nimg: 1000, protocol: {} };
  expect(comparedMetrics([one, later], [fid, one])).toEqual([
    { metric: "kid_effnet", values: [later, one] },
    { metric: "fid", values: [undefined, fid] },
  ]);
});
