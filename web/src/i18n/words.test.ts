// @vitest-environment jsdom
// Every feature speaks both languages: the same keys, functions of the same parameters, and Korean that is Korean.
import { expect, test } from "vitest";
import { FEATURES } from "../features";
import { translations as chart } from "../ui/chart/words";
import { translations as shared, type Translations } from "./provider";

type Leaf = { path: string; value: unknown };

function leaves(value: unknown, path = ""): Leaf[] {
  if (value === null || typeof value !== "object" || value instanceof RegExp) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

const ALL: [string, Translations<object>][] = [
  ["shared", shared],
  ["chart", chart],
  ...FEATURES.map(({ name, words }): [string, Translations<object>] => [name, words]),
];

/** What may be English in Korean: the name of the other language, patterns of server sentences, formulas. */
const SAME = /^(\.language|.*\.kappaOf\..*)$/;

// Sentences of the server that only Korean replaces: the server's own are English.
const KOREAN_ONLY = /^\.(measures|proposals|reasons)\./;

test.each(ALL)("%s has the same keys in both languages", (_, { en, ko }) => {
  const keys = (words: object) =>
    leaves(words)
      .map(({ path }) => path)
      .filter((path) => !KOREAN_ONLY.test(path))
      .sort();
  expect(keys(ko)).toEqual(keys(en));
});

test.each(ALL)("%s says nothing with an empty sentence", (_, words) => {
  for (const { path, value } of [...leaves(words.en), ...leaves(words.ko)])
    if (typeof value === "string") expect(value.trim(), path).not.toBe("");
});

test.each(ALL)("%s uses every parameter in both languages", (_, { en, ko }) => {
  const korean = new Map(leaves(ko).map(({ path, value }) => [path, value]));
  for (const { path, value } of leaves(en)) {
    if (typeof value !== "function") continue;
    const other = korean.get(path);
    expect(typeof other, path).toBe("function");
    expect((other as () => string).length, path).toBe(value.length);
  }
});

test.each(ALL)("%s is written in Korean where a sentence is", (_, { ko }) => {
  for (const { path, value } of leaves(ko)) {
    if (typeof value !== "string" || SAME.test(path) || !/[a-z]{4,} [a-z]{2,}/.test(value)) continue;
    expect(value, path).toMatch(/[가-힣]/);
  }
});
