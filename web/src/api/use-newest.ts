import { useEffect, useRef, useState } from "react";

export type Newest<T> = { answer: T | undefined; error: unknown; busy: boolean; retry: () => void };
type Settled<T> = { key: string | null; answer: T | undefined; error: unknown };

/**
 * The answer to the newest question. A question that changes is asked once it rests a moment; the one on its way is
 * given up. What was answered last stays until the next answer is there; `busy` is true from the very render that
 * brings another question.
 *
 * @param question what is asked, as text; null: nothing yet.
 */
export function useNewest<T>(question: string | null, ask: (signal: AbortSignal) => Promise<T>, pause = 60): Newest<T> {
  const [attempt, setAttempt] = useState(0);
  const key = question === null ? null : `${attempt} ${question}`;
  const [settled, setSettled] = useState<Settled<T>>({ key: null, answer: undefined, error: undefined });
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    if (key === null) {
      setSettled({ key, answer: undefined, error: undefined });
      return;
    }
    const controller = new AbortController();
    const settle = (next: (old: Settled<T>) => Settled<T>) => {
      if (!controller.signal.aborted) setSettled(next);
    };
    const timer = setTimeout(async () => {
      try {
        const answer = await latest.current(controller.signal);
        settle(() => ({ key, answer, error: undefined }));
      } catch (error) {
        settle((old) => ({ key, answer: old.answer, error }));
      }
    }, pause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, pause]);
  const { answer, error } = settled;
  return { answer, error, busy: key !== null && key !== settled.key, retry: () => setAttempt((n) => n + 1) };
}
