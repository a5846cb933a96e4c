// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import type { BundleCard } from "../../api/types";
import { MAX_FIRST_SEED, toolsOf, useView } from "./address";
import { keepPhoto } from "./latent-point";

const card = { id: "animals", classes: [], capabilities: ["truncation"] } as unknown as BundleCard;
const classes: BundleCard = { ...card, classes: ["cat", "dog"], capabilities: [] };

function viewAt(query: string, bundle = card) {
  window.history.replaceState(null, "", `/generate/animals${query}`);
  return renderHook(() => useView(bundle)).result;
}

test("an address without numbers gets them, so that it can be shared", () => {
  const view = viewAt("");
  expect(window.location.search).toBe("?seed=0&count=16&psi=1");
  expect(view.current[0]).toMatchObject({ tool: "pictures", seed: 0, count: 16, psi: 1, class: null, open: null });
});

test.each([
  ["?seed=-4&count=0&psi=-3", { seed: 0, count: 1, psi: -1 }],
  ["?seed=99999999999&count=5000&psi=7", { seed: MAX_FIRST_SEED, count: 64, psi: 2 }],
  ["?seed=abc&count=&psi=x&tool=fly", { seed: 0, count: 16, psi: 1, tool: "pictures" }],
  ["?layers=5-2&part=1-3&moves=2*1.5_7*99_x*1", { layers: null, part: [1, 3], moves: { 2: 1.5 } }],
  [
    "?walk=3.oops.5&steps=500&loop=1",
    {
      walk: [
        { seed: 3, class: null },
        { seed: 5, class: null },
      ],
      steps: 120,
    },
  ],
])("%s is read within the limits of the API", (query, expected) => {
  expect(viewAt(query).current[0]).toMatchObject(expected);
});

test("classes exist for models that have them only", () => {
  expect(viewAt("?class=1&walk=3-1.4-9", classes).current[0]).toMatchObject({
    class: 1,
    walk: [
      { seed: 3, class: 1 },
      { seed: 4, class: null },
    ],
  });
  expect(viewAt("?class=1").current[0].class).toBeNull();
  expect(viewAt("?psi=0.5", classes).current[0].psi).toBe(1);
});

test("tools begin with the first pictures of the grid", () => {
  const [view] = viewAt("?seed=10").current;
  expect(view.walk.map((place) => "seed" in place && place.seed)).toEqual([10, 11, 12]);
  expect(view.columns.map((place) => "seed" in place && place.seed)).toEqual([13, 14, 15, 16]);
});

test("a change is written into the address and read back from it", () => {
  const result = viewAt("?seed=2");
  act(() =>
    result.current[1]({ tool: "sliders", moves: { 1: 2, 3: 0 }, part: [0, 4], walk: [{ seed: 9, class: null }] }),
  );
  const query = new URLSearchParams(window.location.search);
  expect(Object.fromEntries(query)).toEqual({
    seed: "2",
    count: "16",
    psi: "1",
    tool: "sliders",
    moves: "1*2",
    part: "0-4",
    walk: "9",
  });
  expect(result.current[0]).toMatchObject({ tool: "sliders", moves: { 1: 2 }, part: [0, 4] });
});

test("a projected photograph is known as long as the page lives", () => {
  expect(viewAt("?walk=photo1.2").current[0].walk).toEqual([{ seed: 2, class: null }]);
  keepPhoto("animals", { image: "data:,", latent: "abc" });
  expect(viewAt("?walk=photo1.2").current[0].walk).toEqual([{ photo: "photo1" }, { seed: 2, class: null }]);
});

test("tools follow from what the model can do", () => {
  expect(toolsOf(undefined)).toEqual(["pictures"]);
  const abilities = { layers: 1, direction_layers: 0, neighbours: false } as Parameters<typeof toolsOf>[0];
  expect(toolsOf(abilities)).toEqual(["pictures", "walk", "photo"]);
  expect(toolsOf({ ...abilities, layers: 8, direction_layers: 8, neighbours: true } as typeof abilities)).toEqual([
    "pictures",
    "walk",
    "mix",
    "sliders",
    "photo",
    "copies",
  ]);
});

test("a tool that was given nothing begins with the selected pictures", () => {
  const [picked, one] = [viewAt("?picked=7.9").current[0], viewAt("?picked=7").current[0]];
  const seeds = (points: readonly object[]) => points.map((point) => ("seed" in point ? point.seed : null));
  expect(seeds(picked.walk)).toEqual([7, 9]);
  expect(seeds(picked.rows)).toEqual([7, 9]);
  expect(seeds(picked.base)).toEqual([7, 9]);
  expect(seeds(one.walk), "one picture makes no walk").toEqual([0, 1, 2]);
  expect(seeds(one.base)).toEqual([7]);
  expect(seeds(viewAt("?picked=7.9&walk=3.4").current[0].walk)).toEqual([3, 4]);
});
