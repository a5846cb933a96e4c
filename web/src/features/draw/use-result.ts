import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Follower } from "../../api/follower";
import type { Placement, Region } from "./api";
import type { Mark } from "./marks";
import type { Settings } from "./store";

/** What was asked about: a drawing whose strokes are whole, and what was wished for it. */
export type Asked = { marks: readonly Mark[]; settings: Settings | undefined };

export type Answer = {
  picture: Blob;
  /** Nothing: a stroke was still being drawn. */
  of?: Asked | undefined;
  /** The nearest real drawings, faint on white, as a data: address. */
  shadow?: string | null;
  /** How the drawing was moved before it was painted; nothing: it was not. */
  placement?: Placement | null;
  /** Regions that were to have another colour, and were not found in the portrait. */
  uncoloured?: readonly Region[];
  modelMilliseconds: number;
  milliseconds: number;
};

export type Result = Answer & { address: string };

export type Asking = {
  result: Result | undefined;
  error: unknown;
  /** A newer picture is on its way. */
  busy: boolean;
  /** `urgent` gives up what is on its way; otherwise this is asked once that is answered. */
  ask: (question: (signal: AbortSignal) => Promise<Answer>, urgent: boolean) => void;
  forget: () => void;
};

/** The newest answer. The last good one stays until a better one is there. */
export function useResult(): Asking {
  const [result, setResult] = useState<Result>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const follower = useMemo(() => new Follower<Answer>(), []);
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
    (question: (signal: AbortSignal) => Promise<Answer>, urgent: boolean) => {
      const asked = {
        ask: question,
        answered: (answer: Answer) => {
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
      if (urgent) follower.now(asked);
      else follower.soon(asked);
    },
    [follower, show],
  );

  const forget = useCallback(() => {
    follower.stop();
    setError(undefined);
    setBusy(false);
    show(undefined);
  }, [follower, show]);

  return { result, error, busy, ask, forget };
}
