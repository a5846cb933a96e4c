// A run as it happens: server-sent events where they get through, requests every few seconds where they do not.
// Either way the answers go into the query cache. A stream that broke is opened again once the studio answers.
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

/** Follows a run from its first line and writes it into the cache. */
class RunFollower {
  private readonly controller = new AbortController();
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = -1; // pictures seen at the newest line
  private blocked = false; // events do not get through, as behind some proxies

  private readonly client: QueryClient;
  private readonly id: string;
  private readonly listener: Listener;

  constructor(client: QueryClient, id: string, listener: Listener) {
    this.client = client;
    this.id = id;
    this.listener = listener;
  }

  async start(): Promise<void> {
    this.forgetLines();
    try {
      const [run] = await Promise.all([this.refresh(), this.catchUp()]);
      if (this.stopped) return;
      if (run.status.state === "running") this.listen();
      else this.plan(IDLE_MILLISECONDS);
    } catch (error) {
      if (!this.stopped) this.listener.failed(error);
    }
  }

  stop(): void {
    this.controller.abort();
    this.source?.close();
    clearTimeout(this.timer);
  }

  private get stopped(): boolean {
    return this.controller.signal.aborted;
  }

  private plan(milliseconds: number): void {
    if (!this.stopped) this.timer = setTimeout(() => void this.poll(), milliseconds);
  }

  private async poll(): Promise<void> {
    let wait = POLL_MILLISECONDS;
    try {
      const [run] = await Promise.all([this.refresh(), this.catchUp()]);
      if (run.status.state !== "running") wait = IDLE_MILLISECONDS;
      else if (!this.blocked && !this.stopped) return this.listen();
    } catch {
      // The next round may succeed; what is on the page stays.
    }
    this.plan(wait);
  }

  private listen(): void {
    const source = new EventSource(addressOf("runs", this.id, "events"));
    this.source = source;
    let opened = false;
    const on = (name: string, act: (data: string) => void) =>
      source.addEventListener(name, (event) => act((event as MessageEvent<string>).data));
    const refresh = () => void this.refresh().catch(() => {});
    on("open", () => {
      opened = true;
      this.listener.streams(true);
      void this.catchUp().catch(() => {});
    });
    on("stats", (data) => {
      const body = JSON.parse(data) as StatsLine | StatsLine[];
      this.take((Array.isArray(body) ? body : [body]).filter((line) => Number(line.nimg) !== this.last));
    });
    // The run went back to a checkpoint: all of its lines follow.
    on("rewind", () => this.forgetLines());
    // The first status says from when on sheets and metrics are reported: what came before that is read now.
    let reported = false;
    on("status", (data) => {
      this.takeStatus(JSON.parse(data) as Status);
      if (!reported) refresh();
      reported = true;
    });
    on("sheet", refresh);
    on("metric", refresh);
    on("error", () => {
      source.close();
      this.blocked = !opened;
      this.listener.streams(false);
      this.plan(POLL_MILLISECONDS);
    });
  }

  private take(fresh: StatsLine[]): void {
    if (this.stopped || !fresh.length) return;
    this.last = Number(fresh.at(-1)?.nimg);
    this.client.setQueryData<StatsLine[]>(linesKey(this.id), (old = []) => join(old, fresh));
  }

  private takeStatus(status: Status): void {
    this.client.setQueryData<Run>(runKey(this.id), (old) => old && { ...old, status, health: status.health });
    this.client.setQueryData(runsQuery.queryKey, (old) =>
      old?.map((run) => (run.id === this.id ? { ...run, status } : run)),
    );
    if (status.state === "running") return;
    this.source?.close();
    void this.poll();
  }

  private forgetLines(): void {
    this.last = -1;
    this.client.setQueryData<StatsLine[]>(linesKey(this.id), []);
  }

  private async catchUp(): Promise<void> {
    const lines = await readStats(this.id, this.last, this.controller.signal);
    this.take(lines.filter((line) => Number(line.nimg) > this.last));
  }

  private async refresh(): Promise<Run> {
    const run = await readRun(this.id, this.controller.signal);
    if (!this.stopped) this.client.setQueryData<Run>(runKey(this.id), run);
    return run;
  }
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
    const follower = new RunFollower(client, id, { streams: setStreaming, failed: setError });
    void follower.start();
    return () => follower.stop();
  }, [client, id, attempt]);
  return { run, lines, error, streaming, retry: () => setAttempt((n) => n + 1) };
}
