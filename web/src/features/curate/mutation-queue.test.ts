// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Listener, MutationQueue, type Op, type SaidOp, SILENT } from "./mutation-queue";

const TALLY = { kept: 1, dropped: 0, skipped: 0, waiting: 4 };
const CHANGE = { kept: 1, dropped: 0, skipped: 0, waiting: -1 };

const said = (id: number, client_id: string, round = 1): SaidOp => ({
  catalogue: "faces/2026",
  round,
  reviewer: "ada",
  client_id,
  change: CHANGE,
  kind: "said",
  verdict: { id, verdict: "keep", client_id, reason: null, seconds: null, note: null } as SaidOp["verdict"],
});
const undo = (of: string, client_id: string): Op => ({ ...said(0, client_id), kind: "undo", of, picture: 1 }) as Op;

const answered = (status = "saved") =>
  vi.fn(async (request: Request) => {
    const body = (await request.clone().json()) as { verdicts?: { client_id: string }[] };
    const answers = (body.verdicts ?? []).map(({ client_id }) => ({
      client_id,
      status,
      why: "It is gone.",
      code: "gone",
      params: {},
    }));
    return Response.json({ answers, progress: TALLY, picture: null });
  });
const refusing = (status: number) => vi.fn(async (_request: Request) => Response.json({ detail: "No." }, { status }));

const listening = () => {
  const listener = { changed: vi.fn(), tallied: vi.fn(), refused: vi.fn(), undone: vi.fn() };
  return listener satisfies Listener;
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("verdicts given in quick succession are sent together, in order, and forgotten once saved", async () => {
  const fetch = answered();
  vi.stubGlobal("fetch", fetch);
  const queue = new MutationQueue("faces/2026");
  const listener = listening();
  const end = queue.start(listener);
  queue.add(said(1, "a"));
  queue.add(said(2, "b"));
  expect(queue.line).toEqual({ state: "sending", count: 2 });
  expect(localStorage.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(fetch).toHaveBeenCalledTimes(1);
  const request = fetch.mock.calls[0]?.[0];
  expect(request?.url).toContain("/v1/review/1/verdicts");
  const body = (await request?.json()) as { verdicts: { id: number }[] };
  expect(body.verdicts.map(({ id }) => id)).toEqual([1, 2]);
  expect(queue.line).toEqual({ state: "saved" });
  expect(localStorage.length).toBe(0);
  expect(listener.tallied).toHaveBeenCalledWith(expect.anything(), TALLY);
  end();
});

test("what an earlier page left behind is sent, of the same catalogue only", async () => {
  vi.stubGlobal("fetch", refusing(503));
  const before = new MutationQueue("faces/2026");
  before.start(SILENT)();
  before.add(said(7, "left"));
  const fetch = answered();
  vi.stubGlobal("fetch", fetch);
  const other = new MutationQueue("landscapes/2026");
  const endOther = other.start(SILENT);
  expect(other.line).toEqual({ state: "saved" });
  endOther();
  const after = new MutationQueue("faces/2026");
  const end = after.start(SILENT);
  expect(after.pending({ round: 1, reviewer: "ada" })).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(after.line).toEqual({ state: "saved" });
  end();
});

test.each([0, 408, 429, 500, 503])("after status %i it says offline and tries again by itself", async (status) => {
  vi.stubGlobal(
    "fetch",
    status === 0
      ? vi.fn(async () => {
          throw new TypeError("network");
        })
      : refusing(status),
  );
  const queue = new MutationQueue("faces/2026");
  const end = queue.start(SILENT);
  queue.add(said(1, "a"));
  await vi.advanceTimersByTimeAsync(300);
  expect(queue.line).toEqual({ state: "offline", count: 1 });
  vi.stubGlobal("fetch", answered());
  await vi.advanceTimersByTimeAsync(1100);
  expect(queue.line).toEqual({ state: "saved" });
  end();
});

test("a plain refusal stops the queue until somebody retries; nothing is lost", async () => {
  const fetch = refusing(404);
  vi.stubGlobal("fetch", fetch);
  const queue = new MutationQueue("faces/2026");
  const end = queue.start(SILENT);
  queue.add(said(1, "a"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(queue.line).toMatchObject({ state: "stopped", count: 1 });
  expect(fetch).toHaveBeenCalledTimes(1);
  vi.stubGlobal("fetch", answered());
  queue.retry();
  await vi.advanceTimersByTimeAsync(100);
  expect(queue.line).toEqual({ state: "saved" });
  end();
});

test("a verdict that was not sent yet can be retracted, one that was sent cannot", async () => {
  vi.stubGlobal("fetch", answered());
  const queue = new MutationQueue("faces/2026");
  const end = queue.start(SILENT);
  queue.add(said(1, "a"));
  expect(queue.retract("a")).toBe(true);
  expect(localStorage.length).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  queue.add(said(2, "b"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(queue.retract("b")).toBe(false);
  end();
});

test("an undo goes out alone and in its turn, other rounds apart", async () => {
  const fetch = answered();
  vi.stubGlobal("fetch", fetch);
  const queue = new MutationQueue("faces/2026");
  const end = queue.start(SILENT);
  for (const op of [said(1, "a"), undo("a", "u"), said(2, "b"), said(3, "c", 2)]) queue.add(op);
  await vi.advanceTimersByTimeAsync(2000);
  expect(fetch.mock.calls.map(([request]) => request.url.replace(/^.*\/review\//, ""))).toEqual([
    "1/verdicts",
    "1/undo",
    "1/verdicts",
    "2/verdicts",
  ]);
  await queue.settled();
  end();
});

test("a refused verdict takes its own undo with it", async () => {
  const fetch = answered("refused");
  vi.stubGlobal("fetch", fetch);
  const queue = new MutationQueue("faces/2026");
  const listener = listening();
  const end = queue.start(listener);
  queue.add(said(1, "a"));
  queue.add(undo("a", "u"));
  await vi.advanceTimersByTimeAsync(2000);
  expect(listener.refused).toHaveBeenCalledWith(expect.objectContaining({ client_id: "a" }), {
    sentence: "It is gone.",
    code: "gone",
    params: {},
  });
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(queue.line).toEqual({ state: "saved" });
  end();
});

test("a page that is left hands what waits to the browser", async () => {
  const fetch = answered();
  vi.stubGlobal("fetch", fetch);
  const queue = new MutationQueue("faces/2026");
  const end = queue.start(SILENT);
  queue.add(said(1, "a"));
  window.dispatchEvent(new Event("pagehide"));
  expect(fetch.mock.calls[0]?.[0].keepalive).toBe(true);
  expect(localStorage.length).toBe(1); // until the server is known to have it
  end();
});
