import { expect, test, vi } from "vitest";
import { addressOf, api, dataOf, madePicture, multipart, Problem } from "./client";

const requests: Request[] = [];
const answering = (response: () => Response) => {
  requests.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    requests.push(request);
    return response();
  });
};
const readHealth = (init = {}) => dataOf(api.GET("/v1/health", init));

test("the parts of an address are escaped", async () => {
  expect(addressOf("bundles", "a/b c", "image.png")).toBe("/v1/bundles/a%2Fb%20c/image.png");
  answering(() => Response.json({}));
  await api.GET("/v1/bundles/{id}", { params: { path: { id: "a/b c" } } });
  expect(new URL(requests[0]?.url ?? "").pathname).toBe("/v1/bundles/a%2Fb%20c");
});

test("an answer is read as JSON", async () => {
  answering(() => Response.json({ version: "1" }));
  expect(await readHealth()).toEqual({ version: "1" });
});

test("a problem document becomes its sentence, with the status", async () => {
  answering(() =>
    Response.json({ detail: "There is no model x.", code: "no-bundle", params: { bundle: "x" } }, { status: 404 }),
  );
  const problem = await readHealth().catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({
    status: 404,
    message: "There is no model x.",
    code: "no-bundle",
    params: { bundle: "x" },
  });
});

test.each([
  ["plain text", () => new Response("upstream is gone", { status: 502, statusText: "Bad Gateway" })],
  ["a detail that is no sentence", () => Response.json({ detail: [1] }, { status: 502, statusText: "Bad Gateway" })],
])("a refusal with %s falls back to the status line", async (_, response) => {
  answering(response);
  await expect(readHealth()).rejects.toMatchObject({ status: 502, message: "502 Bad Gateway" });
});

test("no answer at all is a problem of status 0", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(readHealth()).rejects.toMatchObject({ name: "Problem", status: 0 });
});

test("an aborted request stays an abort", async () => {
  const controller = new AbortController();
  vi.stubGlobal("fetch", (request: Request) => {
    controller.abort();
    return Promise.reject(request.signal.reason);
  });
  await expect(readHealth({ signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
});

test("a form sends files as files, other values as text, lists as several fields, and nothing for what is missing", () => {
  const form = multipart({
    image: new Blob(["x"]),
    prepared: true,
    weight: [1, 0.5],
    reference: null,
    seed: undefined,
  });
  expect(form.get("image")).toBeInstanceOf(File);
  expect([...form].filter(([name]) => name !== "image")).toEqual([
    ["prepared", "true"],
    ["weight", "1"],
    ["weight", "0.5"],
  ]);
});

test("a picture comes with the times and the likeness of its headers", async () => {
  answering(() => new Response(new Blob(["png"]), { headers: { "X-Milliseconds": "12.5" } }));
  const body = { image: new Blob(["x"]), prepared: true, direction: "a_to_b", size: "square" } as const;
  const made = await madePicture(
    api.POST("/v1/bundles/{id}/translate", {
      params: { path: { id: "horses" } },
      body,
      bodySerializer: multipart,
      parseAs: "blob",
    }),
  );
  expect(requests[0]?.headers.get("Content-Type")).toMatch(/^multipart\/form-data; boundary=/);
  expect(await made.picture.text()).toBe("png");
  expect(made.modelMilliseconds).toBe(12.5);
  expect(made.milliseconds).toBeGreaterThanOrEqual(0);
  expect(made.likeness).toBeNaN();
});
