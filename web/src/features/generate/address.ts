// The whole state of the Generate page is its address: whoever gets the link sees the same pictures.
import { useEffect } from "react";
import { useSearchParams } from "wouter";
import { can } from "../../api/bundles";
import type { BundleCard } from "../../api/types";
import type { Abilities } from "./api";
import { type LatentPoint, MAX_SEED, pointsOf, textOfPoints } from "./latent-point";

export const MIN_PSI = -1;
export const MAX_PSI = 2;
export const MAX_FIRST_SEED = MAX_SEED - 64;

export const TOOLS = ["pictures", "walk", "mix", "sliders", "photo", "copies"] as const;
export type Tool = (typeof TOOLS)[number];

export type View = {
  tool: Tool;
  seed: number;
  count: number;
  class: number | null;
  psi: number;
  open: number | null; // the seed that is enlarged
  picked: LatentPoint[];
  walk: LatentPoint[];
  steps: number;
  loop: boolean;
  rows: LatentPoint[];
  columns: LatentPoint[];
  base: LatentPoint[];
  layers: [number, number] | null; // of the mixture; null: the lower half
  part: [number, number] | null; // layers that directions are for; null: all
  moves: Record<number, number>; // strength by direction
  near: number | null; // the first seed that look-alikes are looked for
};

export type Change = (next: Partial<View>) => void;

/** What a model can be asked for; the first ones every model that makes pictures can do. */
export function toolsOf(abilities: Abilities | undefined): Tool[] {
  if (!abilities) return ["pictures"];
  return TOOLS.filter((tool) => {
    if (tool === "mix") return abilities.layers > 1;
    if (tool === "sliders") return abilities.direction_layers > 0;
    return tool === "copies" ? abilities.neighbours : true;
  });
}

function rangeOf(text: string | null): [number, number] | null {
  const match = /^(\d{1,3})-(\d{1,3})$/.exec(text ?? "");
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  return match && first <= last ? [first, last] : null;
}

function movesOf(text: string | null): Record<number, number> {
  const moves: Record<number, number> = {};
  for (const part of text?.split("_") ?? []) {
    const [number, strength] = part.split("*").map(Number);
    if (number === undefined || strength === undefined) continue;
    if (Number.isInteger(number) && number >= 0 && Math.abs(strength) <= 10 && strength) moves[number] = strength;
  }
  return moves;
}

function viewOf(query: URLSearchParams, bundle: BundleCard): View {
  const whole = (key: string, fallback: number, max: number) => {
    const value = Number.parseInt(query.get(key) ?? "", 10);
    return Number.isFinite(value) ? Math.min(Math.max(value, 0), max) : fallback;
  };
  const psi = Number.parseFloat(query.get("psi") ?? "");
  const seed = whole("seed", 0, MAX_FIRST_SEED);
  const label = bundle.classes.length && query.has("class") ? whole("class", 0, bundle.classes.length - 1) : null;
  const picked = pointsOf(query.get("picked"), bundle) ?? [];
  const first = (from: number, count: number): LatentPoint[] =>
    Array.from({ length: count }, (_, index) => ({ seed: seed + from + index, class: label }));
  // A tool that was given nothing begins with the selected pictures, and without enough of them with the first ones.
  const some = (key: string, from: number, count: number, least: number, most: number): LatentPoint[] =>
    pointsOf(query.get(key), bundle) ?? (least && picked.length >= least ? picked.slice(0, most) : first(from, count));
  const tool = query.get("tool") as Tool;
  return {
    tool: TOOLS.includes(tool) ? tool : "pictures",
    seed,
    count: Math.max(whole("count", 16, 64), 1),
    class: label,
    psi: can(bundle, "truncation") && Number.isFinite(psi) ? Math.min(Math.max(psi, MIN_PSI), MAX_PSI) : 1,
    open: query.has("open") ? whole("open", 0, MAX_SEED) : null,
    picked,
    walk: some("walk", 0, 3, 2, 16),
    steps: Math.max(whole("steps", 16, 120), 2),
    loop: query.has("loop"),
    rows: some("rows", 0, 3, 1, 8),
    columns: some("columns", 3, 4, 0, 0),
    base: some("base", 0, 1, 1, 4),
    layers: rangeOf(query.get("layers")),
    part: rangeOf(query.get("part")),
    moves: movesOf(query.get("moves")),
    near: query.has("near") ? whole("near", 0, MAX_FIRST_SEED) : null,
  };
}

function queryOf(view: View, bundle: BundleCard, old: URLSearchParams, next: Partial<View>): URLSearchParams {
  const query = new URLSearchParams({ seed: String(view.seed), count: String(view.count) });
  if (view.class !== null) query.set("class", String(view.class));
  if (can(bundle, "truncation")) query.set("psi", String(view.psi));
  if (view.tool !== "pictures") query.set("tool", view.tool);
  if (view.open !== null) query.set("open", String(view.open));
  if (view.picked.length) query.set("picked", textOfPoints(view.picked));
  for (const key of ["walk", "rows", "columns", "base"] as const)
    if (key in next || old.has(key)) query.set(key, textOfPoints(view[key]));
  if (view.steps !== 16) query.set("steps", String(view.steps));
  if (view.loop) query.set("loop", "1");
  if (view.layers) query.set("layers", view.layers.join("-"));
  if (view.part) query.set("part", view.part.join("-"));
  const moves = Object.entries(view.moves).filter(([, strength]) => strength);
  if (moves.length) query.set("moves", moves.map((pair) => pair.join("*")).join("_"));
  if (view.near !== null) query.set("near", String(view.near));
  return query;
}

export function useView(bundle: BundleCard): [View, Change] {
  const [query, setQuery] = useSearchParams();
  const view = viewOf(query, bundle);
  const change: Change = (next) =>
    setQuery(
      // What is there at that moment counts: two changes may come between two renderings.
      (old) => queryOf({ ...viewOf(old, bundle), ...next }, bundle, old, next),
      { replace: true },
    );
  // An address without its numbers gets them, so that whatever is copied from the bar is a permalink.
  const bare = !query.has("seed") || !query.has("count");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `change` reads the newest address itself
  useEffect(() => {
    if (bare) change({});
  }, [bare]);
  return [view, change];
}
