// What lies on the desk: the drawing, and what was kept. It outlives a look at another page; sketches go along when
// another model is chosen, and a drawing even outlives a reload (in this browser window alone).
import { useCallback, useEffect, useRef, useState } from "react";
import { fromFile, toFile } from "./file";
import { type Drawing, EMPTY, isBlank, type Mark } from "./marks";
import type { Result } from "./use-result";

export type Settings = { own: Record<string, number>; k: number };

export type Entry = {
  id: number;
  marks: readonly Mark[];
  /** The drawing, small. */
  sketch: string;
  picture: Blob;
  address: string;
  settings: Settings | undefined;
};

type Desk = { drawing: Drawing; paper: HTMLCanvasElement | null; history: Entry[] };

const MOST = 24;
const SAVED = "ganvas.drawing";
const WAIT_MILLISECONDS = 400;
const desks = new Map<string, Desk>();
let entries = 0;

function deskOf(key: string): Desk {
  const found = desks.get(key) ?? { drawing: EMPTY, paper: null, history: [] };
  desks.set(key, found);
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

/** @param key desks of one key share what lies on them. */
export function useDesk(key: string, lasting: boolean) {
  const desk = deskOf(key);
  const [drawing, setDrawing] = useState(desk.drawing);
  const [paper, setPaper] = useState(desk.paper);
  const [history, setHistory] = useState(desk.history);

  useEffect(() => {
    const saved = lasting && deskOf(key).drawing === EMPTY ? recall() : null;
    if (!saved) return;
    let here = true;
    fromFile(saved)
      .then((marks) => here && setDrawing((old) => (old === EMPTY ? { marks, undone: [] } : old)))
      .catch(() => {});
    return () => {
      here = false;
    };
  }, [key, lasting]);

  useEffect(() => {
    Object.assign(deskOf(key), { drawing, paper, history });
  }, [key, drawing, paper, history]);

  useEffect(() => {
    if (!lasting || drawing === EMPTY) return;
    const timer = setTimeout(() => remember(drawing), WAIT_MILLISECONDS);
    const leave = () => remember(drawing);
    window.addEventListener("pagehide", leave);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", leave);
    };
  }, [lasting, drawing]);

  const latest = useRef(history);
  latest.current = history;
  const keep = useCallback((marks: readonly Mark[], sketch: string, result: Result, settings?: Settings) => {
    if (latest.current.some((entry) => entry.marks === marks && entry.settings === settings)) return;
    const { picture } = result;
    const entry = {
      id: ++entries,
      marks,
      sketch,
      picture,
      address: URL.createObjectURL(picture),
      settings,
    };
    for (const old of latest.current.slice(MOST - 1)) URL.revokeObjectURL(old.address);
    setHistory((all) => [entry, ...all].slice(0, MOST));
  }, []);

  return { drawing, setDrawing, paper, setPaper, history, keep };
}
