// From lines of stats to curves: which term belongs to which chart, how it is smoothed and thinned.
import type { StatsLine } from "../../api/types";

export type Point = { x: number; y: number };
export type Series = { key: string; points: Point[] };
export type GroupName = "loss" | "logits" | "accuracy" | "terms" | "gradient" | "rate" | "other" | "speed" | "memory";
export type Group = { name: GroupName; series: Series[] };

const ORDER: GroupName[] = ["loss", "logits", "accuracy", "terms", "gradient", "rate", "other", "speed", "memory"];
// Where the run stands, not how it goes.
const PLACE = new Set([
  "nimg",
  "kimg",
  "step",
  "stage",
  "progress",
  "seconds",
  "eta_seconds",
  "batch_size",
  "stage_nimg",
]);

export function termOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

export function groupOf(key: string): GroupName | null {
  if (PLACE.has(key)) return null;
  const term = termOf(key);
  if (key === "images_per_second") return "speed";
  if (key === "memory_mb") return "memory";
  if (term === "loss") return "loss";
  if (/logits?$|^gap$/.test(term)) return "logits";
  if (/accuracy$/.test(term)) return "accuracy";
  if (/grad(ient)?_norm$/.test(term)) return "gradient";
  if (/^(lr|learning_rate)/.test(term)) return "rate";
  return /^[GDC][/_]?/.test(key) && key.includes("/") ? "terms" : "other";
}

/** The curves of all lines, in charts; a value that is no number leaves no point. */
export function groupsOf(lines: readonly StatsLine[]): Group[] {
  const series = new Map<string, Point[]>();
  for (const line of lines) {
    const x = Number(line.nimg) / 1000;
    for (const [key, y] of Object.entries(line)) {
      if (typeof y !== "number" || !Number.isFinite(y) || groupOf(key) === null) continue;
      const points = series.get(key);
      if (points) points.push({ x, y });
      else series.set(key, [{ x, y }]);
    }
  }
  return ORDER.map((name) => ({
    name,
    series: [...series]
      .filter(([key]) => groupOf(key) === name)
      .map(([key, points]) => ({ key, points }))
      .sort((a, b) => a.key.localeCompare(b.key)),
  })).filter((group) => group.series.length > 0);
}

/** Exponential smoothing whose start is not pulled to zero; `amount` in [0, 1), 0 leaves the curve as it is. */
export function smoothed(points: readonly Point[], amount: number): Point[] {
  if (amount <= 0) return [...points];
  let value = 0;
  let weight = 0;
  return points.map(({ x, y }) => {
    value = amount * value + (1 - amount) * y;
    weight = amount * weight + (1 - amount);
    return { x, y: value / weight };
  });
}

/** At most about `limit` points: of each stretch the lowest and the highest, so that no spike is lost. */
export function thinned(points: readonly Point[], limit = 600): Point[] {
  if (points.length <= limit) return [...points];
  const stretch = Math.ceil((2 * points.length) / limit);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const piece = points.slice(start, start + stretch);
    const low = piece.reduce((a, b) => (b.y < a.y ? b : a));
    const high = piece.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(low.x <= high.x ? [low, high] : [high, low]).filter((p, i, both) => i === 0 || p !== both[0]));
  }
  const last = points.at(-1);
  if (last && kept.at(-1) !== last) kept.push(last);
  return kept;
}

/** The point nearest to `x`, by halving. */
export function nearest(points: readonly Point[], x: number): Point | undefined {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle] as Point).x < x) low = middle;
    else high = middle;
  }
  const [a, b] = [points[low], points[high]];
  if (!a || !b) return a ?? b;
  return Math.abs(a.x - x) <= Math.abs(b.x - x) ? a : b;
}
