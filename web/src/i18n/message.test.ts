import { expect, test } from "vitest";
import { translated } from "./message";

const messages = { plain: "안녕", count: "{count}장 중 {count}장, {other}", json: '{"mouth": 0.8}' };

test("a key with a translation is translated, with its parameters", () => {
  expect(translated(messages, "plain", {}, "Hello")).toBe("안녕");
  expect(translated(messages, "count", { count: 3, other: "$1" }, "3 pictures")).toBe("3장 중 3장, $1");
});

test("what is no parameter is left as it is", () => {
  expect(translated(messages, "count", { count: 0 }, "")).toBe("0장 중 0장, {other}");
  expect(translated(messages, "json", {}, "")).toBe('{"mouth": 0.8}');
});

test("a key without a translation leaves the server's sentence", () => {
  expect(translated(messages, "new-key", {}, "Something new")).toBe("Something new");
  expect(translated(messages, "toString", {}, "Not inherited")).toBe("Not inherited");
});
