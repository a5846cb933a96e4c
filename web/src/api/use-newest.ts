import { useEffect, useRef, useState } from "react";

export type Newest<T> = { answer: T | undefined; error: unknown; busy: boolean; retry: () => void };

/**
 * The answer to the newest question. A question that changes is asked once it rests a moment; the one on its way is
 * given up. What was answered last stays until the next answer is there.
 *
 * @param question what is asked, as text; null: nothing yet.
 */
export function useNewest<T>(question: string | null, ask: (signal: AbortSignal) => Promise<T>, pause = 60): Newest<T> {
  const [answer, setAnswer] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(question !== null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    if (question === null) {
      setBusy(false);
      setAnswer(undefined);
      setError(undefined);
      return;
    }
    const controller = new AbortController();
    setBusy(true);
    const timer = setTimeout(async () => {
      try {
        const next = await latest.current(controller.signal);
        if (controller.signal.aborted) return;
        setAnswer(next);
        setError(undefined);
        setBusy(false);
      } catch (problem) {
        if (controller.signal.aborted) return;
        setError(problem);
        setBusy(false);
      }
    }, pause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [question, attempt, pause]);
  return { answer, error, busy, retry: () => setAttempt((n) => n + 1) };
}
