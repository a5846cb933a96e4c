// A run as it happens: server-sent events where they get through, questions every few seconds where they do not.
import { useEffect, useRef, useState } from "react";
import { eventsAddress, readRun, readStats } from "./client";
import type { Run, StatsLine, Status } from "./types";

const POLL_MILLISECONDS = 3000;
const IDLE_MILLISECONDS = 15000; // a run at rest may be resumed

/** Joins new lines; a line not after the last one means the run went back, so what came later is forgotten. */
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

export type LiveRun = {
  run: Run | undefined;
  lines: StatsLine[];
  error: unknown;
  streaming: boolean;
  retry: () => void;
};

type Memory = { id: string; run?: Run; lines: StatsLine[]; error?: unknown; streaming: boolean };

export function useLiveRun(id: string): LiveRun {
  const [memory, setMemory] = useState<Memory>({ id, lines: [], streaming: false });
  const [attempt, setAttempt] = useState(0);
  const last = useRef(-1);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    last.current = -1;
    setMemory({ id, lines: [], streaming: false });

    const change = (next: (old: Memory) => Memory) => {
      if (!signal.aborted) setMemory(next);
    };
    const take = (fresh: StatsLine[]) => {
      if (!fresh.length) return;
      last.current = Number(fresh.at(-1)?.nimg);
      change((old) => ({ ...old, lines: join(old.lines, fresh) }));
    };
    const catchUp = async () => {
      const { stats } = await readStats(id, last.current, signal);
      take(stats.filter((line) => Number(line.nimg) > last.current));
    };
    const refresh = async () => {
      const run = await readRun(id, signal);
      change((old) => ({ ...old, run, error: undefined }));
      return run;
    };
    const poll = async () => {
      let wait = POLL_MILLISECONDS;
      try {
        const [run] = await Promise.all([refresh(), catchUp()]);
        if (run.status.state !== "running") wait = IDLE_MILLISECONDS;
      } catch {
        // The next round may do better; what is on the page stays.
      }
      if (!signal.aborted) timer = setTimeout(poll, wait);
    };
    const listen = () => {
      source = new EventSource(eventsAddress(id));
      source.addEventListener("open", () => {
        change((old) => ({ ...old, streaming: true }));
        void catchUp().catch(() => {});
      });
      source.addEventListener("stats", (event) => {
        const body = JSON.parse(event.data) as StatsLine | StatsLine[];
        take((Array.isArray(body) ? body : [body]).filter((line) => Number(line.nimg) !== last.current));
      });
      source.addEventListener("rewind", () => {
        // The run went back to a checkpoint: all of its lines follow.
        last.current = -1;
        change((old) => ({ ...old, lines: [] }));
      });
      source.addEventListener("status", (event) => {
        const status = JSON.parse(event.data) as Status;
        change((old) => (old.run ? { ...old, run: { ...old.run, status, health: status.health } } : old));
        if (status.state !== "running") {
          source?.close();
          void poll();
        }
      });
      source.addEventListener("sheet", () => void refresh().catch(() => {}));
      source.addEventListener("metric", () => void refresh().catch(() => {}));
      source.addEventListener("error", () => {
        source?.close();
        change((old) => ({ ...old, streaming: false }));
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
        if (!signal.aborted) change((old) => ({ ...old, error }));
      }
    };
    void begin();
    return () => {
      controller.abort();
      source?.close();
      clearTimeout(timer);
    };
  }, [id, attempt]);

  const current = memory.id === id ? memory : { id, lines: [], streaming: false };
  return {
    run: current.run,
    lines: current.lines,
    error: current.error,
    streaming: current.streaming,
    retry: () => setAttempt((n) => n + 1),
  };
}
