import { useCallback, useEffect, useRef, useState } from "react";

export type Resource<T> = { data: T | undefined; error: unknown; retry: () => void };

/**
 * Loads on mount and whenever `key` changes; asks again every `pollSeconds` while the page is visible.
 * What was read last stays while a later question fails, so that a hiccup takes nothing away.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  pollSeconds?: number,
): Resource<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: unknown }>({ key });
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      try {
        const data = await latest.current(controller.signal);
        if (!controller.signal.aborted) setState({ key, data });
      } catch (error) {
        if (controller.signal.aborted) return;
        setState((old) => (old.key === key && old.data !== undefined ? { ...old, error } : { key, error }));
      }
      if (pollSeconds && !controller.signal.aborted) timer = setTimeout(next, pollSeconds * 1000);
    };
    const next = () => {
      if (document.hidden) document.addEventListener("visibilitychange", next, { once: true });
      else void once();
    };
    void once();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", next);
    };
  }, [key, pollSeconds, attempt]);

  const retry = useCallback(() => {
    setState((old) => ({ key: old.key, ...(old.data === undefined ? {} : { data: old.data }) }));
    setAttempt((n) => n + 1);
  }, []);
  const current = state.key === key ? state : { key };
  return { data: current.data, error: current.error, retry };
}
