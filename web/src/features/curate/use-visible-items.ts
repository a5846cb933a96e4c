import { useEffect, useMemo } from "react";
import { CELL, SMALL_CELL, thumbnailOf } from "./grid";
import { addressOf } from "./picture";
import type { Pool } from "./pool";
import type { Item } from "./store";

const AHEAD = 30; // pictures that are loaded before they are shown
const BEHIND = 4;

/**
 * The items on the page of the grid, and the addresses of pictures in the size in which they are shown. The pictures
 * that come next are fetched and decoded in advance, the nearest first.
 */
export function useVisibleItems({
  items,
  cursor,
  many,
  fit,
  pool,
}: {
  items: Item[];
  cursor: number;
  /** Whether many pictures are shown at a time. */
  many: boolean;
  /** The size of the area for pictures, in CSS pixels. */
  fit: { width: number; height: number };
  pool: Pool;
}) {
  const columns = Math.max(2, Math.floor(fit.width / (fit.width < 600 ? SMALL_CELL : CELL)));
  const rows = Math.max(2, Math.round((fit.height - 46) / (fit.width / columns || CELL)));
  const perPage = columns * rows;
  const page = Math.floor(Math.min(cursor, Math.max(items.length - 1, 0)) / perPage);
  const shown = useMemo(() => items.slice(page * perPage, (page + 1) * perPage), [items, page, perPage]);
  const pixels = Math.max(fit.width, fit.height) * Math.min(window.devicePixelRatio, 2);
  useEffect(() => {
    if (!fit.width) return;
    const start = many ? page * perPage : cursor;
    const reach = many ? Math.max(AHEAD, 2 * perPage) : AHEAD;
    const near = [...items.slice(start, start + reach), ...items.slice(Math.max(0, start - BEHIND), start)];
    pool.want(near.map((one) => (many ? thumbnailOf(one) : addressOf(one.picture, pixels))));
  }, [items, cursor, many, page, perPage, pixels, fit.width, pool]);
  const pictureAddress = (one: Item) => (many ? thumbnailOf(one) : addressOf(one.picture, pixels));
  return { columns, rows, page, perPage, shown, pictureAddress };
}
