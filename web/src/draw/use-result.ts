import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Translated, translate } from "../api/client";
import { Follower } from "./follow";

export type Result = { address: string; picture: Blob; modelMilliseconds: number; milliseconds: number };

export type Asking = {
  result: Result | undefined;
  error: unknown;
  /** A newer picture is on its way. */
  busy: boolean;
  /** `urgent` gives up what is on its way; otherwise this is asked once that is answered. */
  ask: (picture: () => Promise<Blob>, prepared: boolean, urgent: boolean) => void;
  forget: () => void;
};

/** The newest answer of a bundle. The last good one stays until a better one is there. */
export function useResult(bundle: string): Asking {
  const [result, setResult] = useState<Result>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const follower = useMemo(() => new Follower<Translated>(), []);
  const shown = useRef<string | undefined>(undefined);

  const show = useCallback((next: Result | undefined) => {
    const old = shown.current;
    shown.current = next?.address;
    setResult(next);
    // The old picture may still be on the page until the next paint.
    if (old) setTimeout(() => URL.revokeObjectURL(old), 1000);
  }, []);

  useEffect(
    () => () => {
      follower.stop();
      if (shown.current) URL.revokeObjectURL(shown.current);
      shown.current = undefined;
    },
    [follower],
  );

  const ask = useCallback(
    (picture: () => Promise<Blob>, prepared: boolean, urgent: boolean) => {
      const question = {
        ask: async (signal: AbortSignal) => translate(bundle, await picture(), prepared, signal),
        answered: (answer: Translated) => {
          setError(undefined);
          setBusy(follower.isBehind);
          show({ ...answer, address: URL.createObjectURL(answer.picture) });
        },
        failed: (problem: unknown) => {
          setError(problem);
          setBusy(follower.isBehind);
        },
      };
      setBusy(true);
      if (urgent) follower.now(question);
      else follower.soon(question);
    },
    [bundle, follower, show],
  );

  const forget = useCallback(() => {
    follower.stop();
    setError(undefined);
    setBusy(false);
    show(undefined);
  }, [follower, show]);

  return { result, error, busy, ask, forget };
}
