// A run as it happens: server-sent events where they get through, requests every few seconds where they do not.
// Either way the answers go into the query cache.
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { addressOf, api, dataOf } from "./client";
import { runsQuery } from "./queries";
import type { Run, StatsLine, Status } from "./types";

const POLL_MILLISECONDS = 3000;
const IDLE_MILLISECONDS = 15000; // a run at rest may be resumed

/** Joins new lines; a line not after the last one means the run went back, so later ones are dropped. */
export function join(lines: StatsLine[], fresh: StatsLine[]): StatsLine[] {
  let joined = lines;
  for (const line of fresh) {
    const nimg = Number(line.nimg);
    const last = joined.at(-1);
    if (last && nimg <= Number(last.nimg)) joined = joined.filter((old) => Number(old.nimg) < nimg);
    if (joined === lines) joined = [...lines];
    joined.push(line);
  }
  return joined;
}

const readRun = (id: string, signal: AbortSignal): Promise<Run> =>
  dataOf(api.GET("/v1/runs/{id}", { params: { path: { id } }, signal }));

/** The lines of statistics after so many pictures. */
const readStats = async (id: string, after: number, signal: AbortSignal): Promise<StatsLine[]> =>
  (await dataOf(api.GET("/v1/runs/{id}/stats", { params: { path: { id }, query: { after } }, signal }))).stats;

const runKey = (id: string) => ["runs", id];
const linesKey = (id: string) => ["runs", id, "stats"];

type Listener = { streams: (streaming: boolean) => void; failed: (error: unknown) => void };

/** Follows a run from its first line and writes it into the cache. @returns what ends it. */
function followRun(client: QueryClient, id: string, { streams, failed }: Listener): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -1; // pictures seen at the newest line

  const take = (fresh: StatsLine[]) => {
    if (signal.aborted || !fresh.length) return;
    last = Number(fresh.at(-1)?.nimg);
    client.setQueryData<StatsLine[]>(linesKey(id), (old = []) => join(old, fresh));
  };
  const forgetLines = () => {
    last = -1;
    client.setQueryData<StatsLine[]>(linesKey(id), []);
  };
  const catchUp = async () => {
    const lines = await readStats(id, last, signal);
    take(lines.filter((line) => Number(line.nimg) > last));
  };
  const refresh = async () => {
    const run = await readRun(id, signal);
    if (!signal.aborted) client.setQueryData<Run>(runKey(id), run);
    return run;
  };
  const takeStatus = (status: Status) => {
    client.setQueryData<Run>(runKey(id), (old) => old && { ...old, status, health: status.health });
    client.setQueryData(runsQuery.queryKey, (old) => old?.map((run) => (run.id === id ? { ...run, status } : run)));
  };
  const poll = async () => {
    let wait = POLL_MILLISECONDS;
    try {
      const [run] = await Promise.all([refresh(), catchUp()]);
      if (run.status.state !== "running") wait = IDLE_MILLISECONDS;
    } catch {
      // The next round may succeed; what is on the page stays.
    }
    if (!signal.aborted) timer = setTimeout(poll, wait);
  };
  const listen = () => {
    source = new EventSource(addressOf("runs", id, "events"));
    source.addEventListener("open", () => {
      streams(true);
      void catchUp().catch(() => {});
    });
    source.addEventListener("stats", (event) => {
      const body = JSON.parse(event.data) as StatsLine | StatsLine[];
      take((Array.isArray(body) ? body : [body]).filter((line) => Number(line.nimg) !== last));
    });
    // The run went back to a checkpoint: all of its lines follow.
    source.addEventListener("rewind", forgetLines);
    source.addEventListener("status", (event) => {
      const status = JSON.parse(event.data) as Status;
      takeStatus(status);
      if (status.state !== "running") {
        source?.close();
        void poll();
      }
    });
    source.addEventListener("sheet", () => void refresh().catch(() => {}));
    source.addEventListener("metric", () => void refresh().catch(() => {}));
    source.addEventListener("error", () => {
      source?.close();
      streams(false);
      timer = setTimeout(poll, POLL_MILLISECONDS);
    });
  };
  const begin = async () => {
    try {
      const [run] = await Promise.all([refresh(), catchUp()]);
      if (signal.aborted) return;
      if (run.status.state === "running") listen();
      else timer = setTimeout(poll, IDLE_MILLISECONDS);
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
  };
  forgetLines();
  void begin();
  return () => {
    controller.abort();
    source?.close();
    clearTimeout(timer);
  };
}

export type LiveRun = {
  run: Run | undefined;
  lines: StatsLine[];
  error: unknown;
  streaming: boolean;
  retry: () => void;
};

const NO_LINES: StatsLine[] = [];

export function useLiveRun(id: string): LiveRun {
  const client = useQueryClient();
  const [attempt, setAttempt] = useState(0);
  const [streaming, setStreaming] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = useQuery<Run>({ queryKey: runKey(id), queryFn: skipToken }).data;
  const lines = useQuery<StatsLine[]>({ queryKey: linesKey(id), queryFn: skipToken }).data ?? NO_LINES;
  useEffect(() => {
    setStreaming(false);
    setError(undefined);
    return followRun(client, id, { streams: setStreaming, failed: setError });
  }, [client, id, attempt]);
  return { run, lines, error, streaming, retry: () => setAttempt((n) => n + 1) };
}
