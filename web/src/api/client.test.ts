import { expect, test, vi } from "vitest";
import { ask, at, json, Problem } from "./client";

const answering = (response: () => Response) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => response()),
  );

test("the parts of an address are escaped", () => {
  expect(at("bundles", "a/b c", "image.png")).toBe("/v1/bundles/a%2Fb%20c/image.png");
});

test("an answer is read as JSON", async () => {
  answering(() => Response.json({ version: "1" }));
  expect(await json("/v1/health")).toEqual({ version: "1" });
});

test("a problem document becomes its sentence, with the status", async () => {
  answering(() => Response.json({ title: "Not found", detail: "There is no such model." }, { status: 404 }));
  const problem = await ask("/v1/bundles/x").catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 404, message: "There is no such model." });
});

test.each([
  ["plain text", () => new Response("upstream is gone", { status: 502, statusText: "Bad Gateway" })],
  ["a detail that is no sentence", () => Response.json({ detail: [1] }, { status: 502, statusText: "Bad Gateway" })],
])("a refusal with %s falls back to the status line", async (_, response) => {
  answering(response);
  await expect(ask("/v1/health")).rejects.toMatchObject({ status: 502, message: "502 Bad Gateway" });
});

test("no answer at all is a problem of status 0", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(ask("/v1/health")).rejects.toMatchObject({ name: "Problem", status: 0 });
});

test("a question that was given up stays an abort", async () => {
  const controller = new AbortController();
  vi.stubGlobal("fetch", () => Promise.reject(new DOMException("aborted", "AbortError")));
  controller.abort();
  await expect(ask("/v1/health", { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
});
