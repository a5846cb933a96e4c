// Pictures as a model takes them: asked for once, kept while they are on the table.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Prepare } from "./api";
import { middleOf, type Picture } from "./pictures";
import { letGo, type Shown, toShown } from "./shown";

export type Prepared = {
  /** What is to be sent to the model, and what stands beside its answer. */
  get: (picture: Picture, signal: AbortSignal) => Promise<Shown>;
  of: (picture: Picture | undefined) => Shown | undefined;
  /** The picture itself, or the part of it that is asked about. */
  part: (picture: Picture) => Promise<Blob>;
};

/**
 * @param prepare cuts one of them.
 * @param side of the middle that is taken, in pixels; null: all of it.
 * @param way names how `prepare` cuts, so that pictures are asked for again when that changes.
 */
export function usePrepared(prepare: Prepare, pictures: Picture[], side: number | null, way: string): Prepared {
  const [known, setKnown] = useState<ReadonlyMap<string, Shown>>(new Map());
  const latest = useRef(known);
  const key = useCallback((id: number) => `${id}:${side ?? "all"}:${way}`, [side, way]);

  const put = useCallback((next: Map<string, Shown>) => {
    for (const [name, old] of latest.current) if (next.get(name) !== old) letGo(old);
    latest.current = next;
    setKnown(next);
  }, []);

  useEffect(() => {
    const wanted = new Set(pictures.map((each) => key(each.id)));
    const next = new Map([...latest.current].filter(([name]) => wanted.has(name)));
    if (next.size !== latest.current.size) put(next);
  }, [pictures, key, put]);

  const part = useCallback(
    async (picture: Picture) => (side === null ? picture.file : middleOf(picture.file, side)),
    [side],
  );
  const get = useCallback(
    async (picture: Picture, signal: AbortSignal) => {
      const found = latest.current.get(key(picture.id));
      if (found) return found;
      const shown = await toShown(await prepare(await part(picture), signal));
      if (signal.aborted) {
        letGo(shown);
        throw new DOMException("Given up.", "AbortError");
      }
      put(new Map(latest.current).set(key(picture.id), shown));
      return shown;
    },
    [prepare, key, part, put],
  );
  return { get, of: (picture) => (picture ? known.get(key(picture.id)) : undefined), part };
}
