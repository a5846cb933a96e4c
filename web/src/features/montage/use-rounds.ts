import { useState } from "react";
import type { Page } from "./api";

export type Rounds = {
  page: Page;
  /** Pages that can be returned to. */
  before: number;
  /** A page bred from faces; none: other faces in their place. */
  next: (picked: readonly string[]) => void;
  undo: () => void;
  /** Keeps parts as they are in a face, from the next page on. */
  lock: (part: string, on: boolean, base: string | undefined) => void;
  locked: readonly string[];
};

type Locks = { parts: readonly string[]; base?: string };

const POPULATION = 18;
const chance = () => crypto.getRandomValues(new Uint32Array(1))[0] as number;
const first = (): Page => ({ seed: chance(), round: 0, picked: [], locked: [], count: POPULATION });

/** The pages of faces so far; the newest is shown. */
export function useRounds(): Rounds {
  const [pages, setPages] = useState<Page[]>(() => [first()]);
  const [locks, setLocks] = useState<Locks>({ parts: [] });
  const page = pages.at(-1) as Page;
  const next = (picked: readonly string[]) => {
    const base = locks.parts.length > 0 ? (locks.base ?? null) : null;
    const round = picked.length > 0 ? Math.min((page.round ?? 0) + 1, 99) : (page.round ?? 0);
    const parents = picked.length > 0 ? picked : (page.picked ?? []);
    setPages([
      ...pages,
      { seed: chance(), round, picked: [...parents], base, locked: [...locks.parts], count: POPULATION },
    ]);
  };
  return {
    page,
    before: pages.length - 1,
    next,
    undo: () => setPages(pages.length > 1 ? pages.slice(0, -1) : pages),
    lock: (part, on, base) =>
      setLocks(({ parts, base: old }) => {
        const rest = parts.filter((each) => each !== part);
        const fixed = old ?? base;
        if (!on) return rest.length > 0 && old !== undefined ? { parts: rest, base: old } : { parts: rest };
        return fixed === undefined ? { parts } : { parts: [...rest, part], base: fixed };
      }),
    locked: locks.parts,
  };
}
