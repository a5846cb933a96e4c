// The studio's answers about pictures: cut as a model takes them, translated, carried over, made up, and where it looks.
import { ask, at } from "../../api/client";
import type { Direction, Style } from "./kinds";

export type Made = {
  picture: Blob;
  modelMilliseconds: number;
  milliseconds: number;
  /** Of the person before and after; NaN where nobody looked. */
  likeness: number;
};
export type Given = { picture: Blob; prepared: boolean };

async function made(path: string, body: FormData, signal: AbortSignal): Promise<Made> {
  const begun = performance.now();
  const response = await ask(path, { method: "POST", body, signal });
  const picture = await response.blob();
  const told = (header: string) => Number(response.headers.get(header) ?? Number.NaN);
  return {
    picture,
    modelMilliseconds: told("X-Milliseconds"),
    milliseconds: performance.now() - begun,
    likeness: told("X-Likeness"),
  };
}

function form(picture: Blob, fields: Record<string, string | number | boolean>): FormData {
  const body = new FormData();
  body.set("image", picture, "picture");
  for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
  return body;
}

/** A picture as it stands beside the answer: cut as the model takes it, or enlarged where the model enlarges. */
export const prepare = (path: string, picture: Blob, signal: AbortSignal) => made(path, form(picture, {}), signal);

export const translate = (id: string, { picture, prepared }: Given, direction: Direction, signal: AbortSignal) =>
  made(at("bundles", id, "translate"), form(picture, { prepared, direction }), signal);

export const heatmap = (id: string, { picture, prepared }: Given, direction: Direction, signal: AbortSignal) =>
  made(at("bundles", id, "heatmap"), form(picture, { prepared, direction }), signal);

export type Wish = { domain: number; style: Style; keep: boolean; strength: number };

/** Both pictures are prepared already. `reference` belongs to a style that is a reference. */
export function carryOver(id: string, picture: Blob, reference: Blob | undefined, wish: Wish, signal: AbortSignal) {
  const body = form(picture, {
    prepared: true,
    class: wish.domain,
    keep: wish.keep,
    strength: wish.strength,
    ...(wish.style.kind === "seed" ? { seed: wish.style.seed } : {}),
  });
  if (reference) body.set("reference", reference, "reference");
  return made(at("bundles", id, "reference"), body, signal);
}

export const REGIONS = ["lips", "eyes", "skin"] as const;
export type Touch = Record<(typeof REGIONS)[number], boolean> & { strength: number };

/** Both pictures are prepared already. A region that is wanted takes as much as looks natural. */
export function makeUp(picture: Blob, reference: Blob, touch: Touch, signal: AbortSignal) {
  const unwanted = REGIONS.filter((region) => !touch[region]).map((region) => [region, 0]);
  const body = form(picture, { strength: touch.strength, ...Object.fromEntries(unwanted) });
  body.set("reference", reference, "reference");
  return made(at("makeup"), body, signal);
}
