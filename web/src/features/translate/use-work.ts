// Work on several pictures, one after the other, the chosen one first. A change of the settings gives up what is on
// its way and begins again; what was made last is shown until the newer is there.
import { useEffect, useRef, useState } from "react";

export type Outcome<T> = {
  /** The settings it was made with. */
  key: string;
  made?: T;
  error?: unknown;
};

export type Work<T> = {
  of: (item: string) => Outcome<T> | undefined;
  /** Whether a newer answer about this item is still to come. */
  waits: (item: string) => boolean;
  retry: (item: string) => void;
};

/**
 * @param items in the order in which they are wanted.
 * @param key all that the answers depend on beside the item; null: nothing is asked for.
 * @param forget called with what is shown no more.
 */
export function useWork<T>(
  items: string[],
  key: string | null,
  work: (item: string, signal: AbortSignal) => Promise<T>,
  forget: (made: T) => void = () => {},
  pause = 60,
): Work<T> {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome<T>>>(new Map());
  const [attempt, setAttempt] = useState(0);
  const known = useRef(outcomes);
  const latest = useRef({ work, forget });
  latest.current = { work, forget };

  const settle = (change: (map: Map<string, Outcome<T>>) => void) => {
    const next = new Map(known.current);
    change(next);
    for (const [item, old] of known.current) {
      if (old.made !== undefined && next.get(item)?.made !== old.made) latest.current.forget(old.made);
    }
    known.current = next;
    setOutcomes(next);
  };

  const queue = items.join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `settle` only uses refs and a state setter
  useEffect(() => {
    const wanted = queue === "" ? [] : queue.split("|");
    if ([...known.current.keys()].some((item) => !wanted.includes(item))) {
      settle((map) => {
        for (const item of known.current.keys()) if (!wanted.includes(item)) map.delete(item);
      });
    }
    if (key === null) return;
    const left = wanted.filter((item) => known.current.get(item)?.key !== key);
    if (left.length === 0) return;
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(async () => {
      for (const item of left) {
        let outcome: Outcome<T>;
        try {
          outcome = { key, made: await latest.current.work(item, signal) };
        } catch (error) {
          outcome = { key, error };
        }
        if (signal.aborted) {
          if (outcome.made !== undefined) latest.current.forget(outcome.made);
          return;
        }
        settle((map) => map.set(item, outcome));
      }
    }, pause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // `attempt` asks again what failed.
  }, [queue, key, attempt, pause]);

  return {
    of: (item) => outcomes.get(item),
    waits: (item) => key !== null && items.includes(item) && outcomes.get(item)?.key !== key,
    retry: (item) => {
      settle((map) => map.delete(item));
      setAttempt((n) => n + 1);
    },
  };
}
