import { expect, test } from "vitest";
import type { RunCard } from "../../api/types";
import { matching } from "./filter";

const run = (name: string, recipe: string, state: string) =>
  ({ id: name, name, status: { recipe, family: recipe.split("-")[0], state } }) as unknown as RunCard;
const RUNS = [
  run("Roses 2", "dcgan-quick", "running"),
  run("roses", "pix2pix-64", "failed"),
  run("고양이", "dcgan-64", "failed"),
];
const found = (text: string, state = "") => matching(RUNS, { text, state }, { failed: "실패" }).map(({ name }) => name);

test("every word has to be in the name, the recipe or the state, in any order and case", () => {
  expect(found("")).toHaveLength(3);
  expect(found(" DCGAN  roses ")).toEqual(["Roses 2"]);
  expect(found("실패 고양이".normalize("NFD"))).toEqual(["고양이"]);
  expect(found("tulips")).toEqual([]);
});

test("a state leaves out runs of others", () => {
  expect(found("", "failed")).toEqual(["roses", "고양이"]);
  expect(found("roses", "failed")).toEqual(["roses"]);
});
