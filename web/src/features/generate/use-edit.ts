import { useEffect, useMemo, useRef, useState } from "react";
import { Follower } from "../../api/follower";
import type { Newest } from "../../api/use-newest";
import { edit, type Frames } from "./api";

export type EditRequest = Parameters<typeof edit>[1];

/**
 * Pictures that follow sliders. While one is dragged, one question is on its way at a time and the newest position is
 * asked next; what is `settled` is asked at once, and whatever is still on its way is given up.
 */
export function useEdit(bundle: string, request: EditRequest | null, settled: boolean): Newest<Frames> {
  const follower = useMemo(() => new Follower<Frames>(), []);
  const [answer, setAnswer] = useState<Frames>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(request !== null);
  const [attempt, setAttempt] = useState(0);
  const question = request && JSON.stringify(request);
  const answered = useRef<string>(undefined); // the question whose answer is shown
  useEffect(() => () => follower.stop(), [follower]);
  useEffect(() => {
    if (question === null) {
      follower.stop();
      answered.current = undefined;
      setAnswer(undefined);
      setBusy(false);
      return;
    }
    if (answered.current === question && !follower.isAsking) return;
    const asked = JSON.parse(question) as EditRequest;
    setBusy(true);
    const next = {
      ask: (signal: AbortSignal) => edit(bundle, asked, signal),
      answered: (frames: Frames) => {
        answered.current = question;
        setAnswer(frames);
        setError(undefined);
        setBusy(follower.isBehind);
      },
      failed: (problem: unknown) => {
        setError(problem);
        setBusy(follower.isBehind);
      },
    };
    if (settled) follower.now(next);
    else follower.soon(next);
  }, [bundle, question, settled, follower, attempt]);
  return { answer, error, busy, retry: () => setAttempt((n) => n + 1) };
}
