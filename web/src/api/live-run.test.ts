// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { join, useLiveRun } from "./live-run";
import { makeQueryClient, runsQuery } from "./queries";
import type { RunCard } from "./types";

const lines = (...nimgs: number[]) => nimgs.map((nimg) => ({ nimg, "G/loss": nimg }));

test("new lines follow the old ones, and nothing new changes nothing", () => {
  const old = lines(1, 2);
  expect(join(old, lines(3))).toEqual(lines(1, 2, 3));
  expect(join(old, [])).toBe(old);
  expect(old).toEqual(lines(1, 2));
});

test("a line that is not after the last one means that the run went back", () => {
  expect(join(lines(1, 2, 3, 4), lines(3))).toEqual(lines(1, 2, 3));
  expect(join(lines(5, 6), lines(1, 2))).toEqual(lines(1, 2));
});

class Source extends EventTarget {
  static newest: Source | undefined;
  closed = false;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Source.newest = this;
  }
  close() {
    this.closed = true;
  }
  say(name: string, body: unknown = {}) {
    act(() => void this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(body) })));
  }
}

const status = (state: string) => ({ state, nimg: 2, health: [] });
let state = "running";
let stats = lines(1, 2);
let sheets: { nimg: number; url: string }[] = [];

beforeEach(() => {
  Source.newest = undefined;
  state = "running";
  stats = lines(1, 2);
  sheets = [];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("fetch", async ({ url }: Request) => {
    const { pathname, searchParams } = new URL(url);
    if (!pathname.endsWith("/stats")) return Response.json({ id: "faces", status: status(state), health: [], sheets });
    return Response.json({ stats: stats.filter(({ nimg }) => nimg > Number(searchParams.get("after"))), next: 0 });
  });
});

function follow() {
  const client = makeQueryClient();
  client.setQueryData(runsQuery.queryKey, [{ id: "faces", status: status("running") } as unknown as RunCard]);
  const wrapper = ({ children }: { children: ReactNode }) => createElement(QueryClientProvider, { client }, children);
  return { client, ...renderHook(() => useLiveRun("faces"), { wrapper }) };
}

const seen = (run: ReturnType<typeof follow>) => run.result.current.lines.map(({ nimg }) => nimg);

test("a running run streams its lines, goes back with a rewind, and ends with its status, also in the list", async () => {
  const run = follow();
  await waitFor(() => expect(Source.newest).toBeDefined());
  expect(Source.newest?.url).toBe("/v1/runs/faces/events");
  expect(seen(run)).toEqual([1, 2]);
  Source.newest?.say("open");
  expect(run.result.current.streaming).toBe(true);
  Source.newest?.say("stats", lines(3)[0]);
  Source.newest?.say("stats", lines(4, 5));
  await waitFor(() => expect(seen(run)).toEqual([1, 2, 3, 4, 5]));
  Source.newest?.say("rewind");
  Source.newest?.say("stats", lines(1));
  await waitFor(() => expect(seen(run)).toEqual([1]));
  state = "finished";
  Source.newest?.say("status", status("finished"));
  await waitFor(() => expect(run.result.current.run?.status.state).toBe("finished"));
  expect(Source.newest?.closed).toBe(true);
  expect(run.client.getQueryData(runsQuery.queryKey)?.[0]?.status.state).toBe("finished");
});

test("a sheet that was written before the stream began is not missed", async () => {
  const run = follow();
  await waitFor(() => expect(Source.newest).toBeDefined());
  sheets = [{ nimg: 10_000, url: "10000.png" }];
  Source.newest?.say("open");
  Source.newest?.say("status", status("running"));
  await waitFor(() => expect(run.result.current.run?.sheets).toEqual(sheets));
});

test("where the stream breaks, requests go on", async () => {
  const run = follow();
  await waitFor(() => expect(Source.newest).toBeDefined());
  const broken = Source.newest;
  broken?.say("open");
  broken?.say("error");
  expect(run.result.current.streaming).toBe(false);
  stats = lines(1, 2, 3);
  await waitFor(() => expect(seen(run)).toEqual([1, 2, 3]), { timeout: 10_000 });
  await waitFor(() => expect(Source.newest).not.toBe(broken)); // and then the stream again
  expect(Source.newest?.closed).toBe(false);
}, 15_000);

test("a page that is left closes the stream", async () => {
  const run = follow();
  await waitFor(() => expect(Source.newest).toBeDefined());
  run.unmount();
  expect(Source.newest?.closed).toBe(true);
});

test("a run that cannot be read is an error, and a new try reads it", async () => {
  const working = globalThis.fetch;
  vi.stubGlobal("fetch", async () => Response.json({ detail: "There is no run faces." }, { status: 404 }));
  const run = follow();
  await waitFor(() => expect(run.result.current.error).toMatchObject({ status: 404 }));
  vi.stubGlobal("fetch", working);
  act(() => run.result.current.retry());
  await waitFor(() => expect(run.result.current.run?.id).toBe("faces"));
  expect(run.result.current.error).toBeUndefined();
});
