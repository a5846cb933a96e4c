import { useCallback, useEffect, useRef, useState } from "react";
import { type Projection, readProjection, startProjection, stopProjection } from "./api";
import { keepPhoto, type LatentPoint } from "./latent-point";

const ASK_EVERY = 700; // milliseconds

export type Search = {
  state: Projection | undefined;
  /** The point found for the photograph. */
  point: LatentPoint | undefined;
  error: unknown;
  /** The picture is on its way, or the search goes on. */
  busy: boolean;
  seconds: number;
  /** What is looked for, to look for it again. */
  picture: Blob | undefined;
  start: (picture: Blob, settings: { steps: number; plus: boolean; class: number | null }) => void;
  /** Gives it up, and everything that is shown of it. */
  forget: () => void;
};

/** The search for a photograph's point in latent space. It continues while other tools are open and ends with the page. */
export function useProjection(bundle: string): Search {
  const [state, setState] = useState<Projection>();
  const [point, setPoint] = useState<LatentPoint>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [seconds, setSeconds] = useState(0);
  const controller = useRef<AbortController>(undefined);
  const search = useRef<string>(undefined);
  const sought = useRef<Blob>(undefined);

  const end = useCallback(() => {
    controller.current?.abort();
    controller.current = undefined;
    if (search.current !== undefined) void stopProjection(search.current);
    search.current = undefined;
    setBusy(false);
  }, []);
  useEffect(() => end, [end]);

  const forget = useCallback(() => {
    end();
    setState(undefined);
    setPoint(undefined);
    setError(undefined);
  }, [end]);

  const follow = async (id: string, own: AbortController, begun: number) => {
    while (!own.signal.aborted) {
      const next = await readProjection(id, own.signal);
      if (own.signal.aborted) return;
      setState(next);
      setSeconds((performance.now() - begun) / 1000);
      if (next.state !== "waiting" && next.state !== "running") {
        if (next.latent && next.image) setPoint(keepPhoto(bundle, { image: next.image, latent: next.latent }));
        end();
        return;
      }
      await new Promise((done) => setTimeout(done, ASK_EVERY));
    }
  };

  const start: Search["start"] = (picture, settings) => {
    forget();
    sought.current = picture;
    const own = new AbortController();
    controller.current = own;
    setBusy(true);
    setSeconds(0);
    const begin = async () => {
      const begun = performance.now();
      const started = await startProjection(bundle, { picture, ...settings }, own.signal);
      if (own.signal.aborted) {
        void stopProjection(started.id);
        return;
      }
      search.current = started.id;
      await follow(started.id, own, begun);
    };
    begin().catch((problem) => {
      if (own.signal.aborted) return;
      setError(problem);
      end();
    });
  };

  return { state, point, error, busy, seconds, picture: sought.current, start, forget };
}
