import { expect, test } from "vitest";
import { translated } from "./message";

const messages = { plain: "안녕", count: ({ count }: Record<string, unknown>) => `${count}장` };

test("a key with a translation is translated, with its parameters", () => {
  expect(translated(messages, "plain", {}, "Hello")).toBe("안녕");
  expect(translated(messages, "count", { count: 3 }, "3 pictures")).toBe("3장");
});

test("a key without a translation leaves the server's sentence", () => {
  expect(translated(messages, "new-key", {}, "Something new")).toBe("Something new");
  expect(translated(messages, "toString", {}, "Not inherited")).toBe("Not inherited");
});
