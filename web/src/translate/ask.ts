// The studio's answers about pictures: cut as a model takes them, translated, carried over, and where it looks.
import { ask, at } from "../api/client";
import type { Direction, Style } from "./kinds";

export type Made = { picture: Blob; modelMilliseconds: number; milliseconds: number };
export type Given = { picture: Blob; prepared: boolean };

async function made(path: string, body: FormData, signal: AbortSignal): Promise<Made> {
  const begun = performance.now();
  const response = await ask(path, { method: "POST", body, signal });
  const picture = await response.blob();
  return {
    picture,
    modelMilliseconds: Number(response.headers.get("X-Milliseconds") ?? Number.NaN),
    milliseconds: performance.now() - begun,
  };
}

function form(picture: Blob, fields: Record<string, string | number | boolean>): FormData {
  const body = new FormData();
  body.set("image", picture, "picture");
  for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
  return body;
}

/** A picture as it stands beside the answer: cut as the model takes it, or enlarged where the model enlarges. */
export const prepare = (id: string, picture: Blob, signal: AbortSignal) =>
  made(at("bundles", id, "prepare"), form(picture, {}), signal);

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
