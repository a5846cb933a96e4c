// A setting is described for its family first, then in general, and at last in the server's words.
import { expect, test } from "vitest";
import { recipeWords } from ".";

const words = recipeWords({
  recipes: { "dcgan-64": "논문 크기의 DCGAN" },
  settings: { "model.lr": "학습률", "model.lr@srgan": "두 신경망의 학습률" },
});

test.each([
  ["cut", "model.lr", "학습률"],
  ["srgan", "model.lr", "두 신경망의 학습률"],
  ["srgan", "model.new", "as the server says"],
])("%s %s", (family, key, said) => {
  expect(words.describe(family, { key, description: "as the server says" })).toBe(said);
});

test("a recipe is described by its name, and one without a translation in the server's words", () => {
  expect(words.about({ name: "dcgan-64", about: "DCGAN" })).toBe("논문 크기의 DCGAN");
  expect(words.about({ name: "new", about: "a new one" })).toBe("a new one");
});
