// The state of the Draw page: the drawing and the kept ones. It survives a visit to another page; a sketch stays when
// another model is chosen, and also survives a reload (in this browser window only).
import { useCallback, useEffect, useRef, useState } from "react";
import type { Colours } from "./api";
import { fromFile, toFile } from "./file";
import { type Drawing, EMPTY, isBlank, type Mark } from "./marks";
import type { Result } from "./use-result";

export type Settings = { own: Record<string, number>; k: number; colours: Colours };

export type Entry = {
  id: number;
  marks: readonly Mark[];
  /** The drawing, small. */
  sketch: string;
  /** Of its result; nothing until that has come. */
  address: string | undefined;
  settings: Settings | undefined;
};

const isOf = (entry: Entry, marks: readonly Mark[], settings: Settings | undefined) =>
  entry.marks === marks && entry.settings === settings;

/** A drawing that came by link, and the visitor's own drawing before it. */
export type Arrival = {
  id: string;
  drawing: Drawing;
  own: Drawing;
  /** How the visitor's own was painted, and by which model. */
  settings: Settings | undefined;
  model: string;
};

type StoredDrawing = {
  drawing: Drawing;
  paper: HTMLCanvasElement | null;
  history: Entry[];
  arrival: Arrival | undefined;
};

const MOST = 24;
const SAVED = "ganvas.drawing";
const WAIT_MILLISECONDS = 400;
const stored = new Map<string, StoredDrawing>();
let entries = 0;

function storedDrawing(key: string): StoredDrawing {
  const found = stored.get(key) ?? { drawing: EMPTY, paper: null, history: [], arrival: undefined };
  stored.set(key, found);
  return found;
}

function recall(): string | null {
  try {
    return sessionStorage.getItem(SAVED);
  } catch {
    return null;
  }
}

function remember(drawing: Drawing): void {
  try {
    if (isBlank(drawing)) sessionStorage.removeItem(SAVED);
    else sessionStorage.setItem(SAVED, toFile(drawing.marks));
  } catch {
    // Storage is switched off or full: the drawing lasts as long as the page.
  }
}

/** @param key pages with the same key share one drawing. */
export function useDrawingStore(key: string, lasting: boolean) {
  const store = storedDrawing(key);
  const [drawing, setDrawing] = useState(store.drawing);
  const [paper, setPaper] = useState(store.paper);
  const [history, setHistory] = useState(store.history);
  const [arrival, setArrival] = useState(store.arrival);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    const saved = lasting && storedDrawing(key).drawing === EMPTY ? recall() : null;
    if (!saved) {
      setReady(true);
      return;
    }
    let here = true;
    fromFile(saved)
      .then((marks) => here && setDrawing((old) => (old === EMPTY ? { marks, undone: [] } : old)))
      .catch(() => {})
      .finally(() => here && setReady(true));
    return () => {
      here = false;
    };
  }, [key, lasting]);

  useEffect(() => {
    Object.assign(storedDrawing(key), { drawing, paper, history, arrival });
  }, [key, drawing, paper, history, arrival]);

  // A drawing that came by link takes the place of the visitor's own only once they go on with it: until then a reload
  // opens both again.
  const guest = arrival !== undefined && arrival.drawing === drawing && !isBlank(arrival.own);
  useEffect(() => {
    if (!lasting || drawing === EMPTY || guest) return;
    const timer = setTimeout(() => remember(drawing), WAIT_MILLISECONDS);
    const leave = () => remember(drawing);
    window.addEventListener("pagehide", leave);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", leave);
    };
  }, [lasting, drawing, guest]);

  const latest = useRef(history);
  latest.current = history;
  const keep = useCallback((marks: readonly Mark[], sketch: string, result?: Result, settings?: Settings) => {
    if (latest.current.some((entry) => isOf(entry, marks, settings))) return;
    // A result may still be the one of the strokes before.
    const own = result?.of?.marks === marks && result.of.settings === settings ? result.picture : undefined;
    const entry = { id: ++entries, marks, sketch, address: own && URL.createObjectURL(own), settings };
    for (const old of latest.current.slice(MOST - 1)) if (old.address) URL.revokeObjectURL(old.address);
    setHistory((all) => [entry, ...all].slice(0, MOST));
  }, []);
  const complete = useCallback(({ of, picture }: Result) => {
    const waits = of && latest.current.find((each) => isOf(each, of.marks, of.settings) && !each.address);
    if (!waits) return;
    const address = URL.createObjectURL(picture);
    setHistory((all) => all.map((each) => (each.id === waits.id ? { ...each, address } : each)));
  }, []);

  return { ready, drawing, setDrawing, paper, setPaper, history, keep, complete, arrival, setArrival };
}

export type DrawingStore = ReturnType<typeof useDrawingStore>;
