// A drawing that comes by link is laid over the visitor's own, which can be had back.
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { can } from "../../api/bundles";
import { Problem } from "../../api/client";
import type { BundleCard } from "../../api/types";
import { type Parts, readShared, type Shared } from "./api";
import { marksOf } from "./file";
import { add, isBlank } from "./marks";
import type { DrawingStore, Settings } from "./store";
import type { Guidance } from "./use-guidance";

/** The name of a shared drawing in the address of the page. */
export const NAMED = "drawing";

export type Arriving = {
  /** What is wrong with the link. */
  error: unknown;
  gone: boolean;
  /** The drawing on the paper came by link. */
  here: boolean;
  /** Lays the visitor's own on the paper again, if there was one. */
  back: (() => void) | undefined;
  close: () => void;
};

/** What a link asks for, as far as the model has it today: it may have been trained anew since. */
function settingsOf(shared: Shared, parts: Parts): Settings | undefined {
  const { k, t, colours } = shared;
  if (k == null || t == null) return undefined;
  return {
    colours: colours ?? {},
    k: Math.min(Math.max(k, parts.k.least), parts.k.most),
    own: Object.fromEntries(parts.parts.map((part) => [part, t[part] ?? parts.t.usual])),
  };
}

export function useArrival(bundle: BundleCard, store: DrawingStore, guidance: Guidance): Arriving {
  const [query, setQuery] = useSearchParams();
  const [error, setError] = useState<unknown>();
  const { drawing, setDrawing, arrival, setArrival } = store;
  const id = bundle.drawing_direction ? query.get(NAMED) : null;
  const known = !can(bundle, "codes") || guidance.parts !== undefined || guidance.error !== undefined;
  const ready = store.ready && known;
  // The visitor may draw while the answer is on its way.
  const now = useRef({ drawing, arrival, guidance });
  now.current = { drawing, arrival, guidance };

  useEffect(() => {
    const before = now.current;
    if (!id || !ready) return;
    if (before.arrival?.id === id && before.arrival.drawing === before.drawing) return; // back from another page
    const controller = new AbortController();
    const open = async () => {
      const shared = await readShared(id, controller.signal);
      const marks = await marksOf(shared.drawing);
      if (controller.signal.aborted) return;
      const { drawing: own, guidance: guide } = now.current;
      const laid = isBlank(own) ? add(own, ...marks) : add(own, { kind: "clear" }, ...marks);
      const settings = guide.parts && shared.model === bundle.id && settingsOf(shared, guide.parts);
      setDrawing(laid);
      setArrival({ id, drawing: laid, own, settings: guide.settings, model: bundle.id });
      setError(undefined);
      if (settings) guide.change(settings);
    };
    open().catch((problem: unknown) => !controller.signal.aborted && setError(problem));
    return () => controller.abort();
  }, [id, ready, bundle.id, setDrawing, setArrival]);

  // The address names what lies on the paper; once that is changed, it names it no longer.
  const changed = id !== null && arrival?.id === id && arrival.drawing !== drawing;
  useEffect(() => {
    if (!changed) return;
    setQuery((old) => new URLSearchParams([...old].filter(([name]) => name !== NAMED)), { replace: true });
  }, [changed, setQuery]);

  const close = () => setArrival(undefined);
  return {
    error,
    gone: error instanceof Problem && error.status === 404,
    here: arrival !== undefined,
    back:
      arrival && !isBlank(arrival.own)
        ? () => {
            setDrawing({ marks: arrival.own.marks, undone: [] });
            if (arrival.settings && arrival.model === bundle.id) guidance.change(arrival.settings);
            close();
          }
        : undefined,
    close,
  };
}
