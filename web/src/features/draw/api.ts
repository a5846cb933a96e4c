// What the Draw page asks the studio: portraits as close to the drawing as one likes, or plain translations of it.
import { ask, at, json } from "../../api/client";
import type { components } from "../../api/schema";
import type { BundleCard } from "../../api/types";
import type { Answer } from "./use-result";

export type Parts = components["schemas"]["PortraitParts"];

/** How a portrait is to be painted: `own` is the share of the drawing itself that stays, by part. */
export type Wishes = { k: number; own: Record<string, number>; shadow: boolean };

export type Direction = "a_to_b" | "b_to_a";

// Whoever draws at once with others takes turns with them; a page is one of those.
const ASKER = crypto.getRandomValues(new Uint32Array(2)).join("-");

const OF_LINES = /sketch|draw|stroke|line|edge|contour|스케치|그림/i;

/** Whether a model takes drawings, and from which of its two sides. */
export function takesDrawings(bundle: BundleCard): Direction | undefined {
  if (bundle.degradation?.startsWith("sketch")) return "a_to_b";
  if (bundle.task !== "unpaired") return undefined;
  if (OF_LINES.test(bundle.domains[0] ?? "")) return "a_to_b";
  return OF_LINES.test(bundle.domains[1] ?? "") && bundle.directions === 2 ? "b_to_a" : undefined;
}

/** Whether drawings may be drawn towards real ones. */
export const hasManifold = (bundle: BundleCard) => bundle.family === "sketchportrait";

export const readParts = (id: string, signal?: AbortSignal) =>
  json<Parts>(at("bundles", id, "portrait"), signal ? { signal } : {});

function pictureOf(address: string): Blob {
  const bytes = atob(address.slice(address.indexOf(",") + 1));
  return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))], { type: "image/png" });
}

export async function paintPortrait(id: string, drawing: Blob, wishes: Wishes, signal: AbortSignal): Promise<Answer> {
  const body = new FormData();
  body.set("image", drawing, "drawing.png");
  body.set("k", String(wishes.k));
  body.set("t", JSON.stringify(wishes.own));
  body.set("shadow", String(wishes.shadow));
  const begun = performance.now();
  const told = await json<components["schemas"]["PortraitAnswer"]>(at("bundles", id, "portrait"), {
    method: "POST",
    headers: { "X-Asker": ASKER },
    body,
    signal,
  });
  return {
    picture: pictureOf(told.portrait),
    shadow: told.shadow,
    modelMilliseconds: told.milliseconds,
    milliseconds: performance.now() - begun,
  };
}

/** The answer of a model that knows no manifold. */
export async function translateDrawing(
  id: string,
  drawing: Blob,
  direction: Direction,
  signal: AbortSignal,
): Promise<Answer> {
  const body = new FormData();
  body.set("image", drawing, "drawing.png");
  body.set("prepared", "true");
  body.set("direction", direction);
  const begun = performance.now();
  const response = await ask(at("bundles", id, "translate"), { method: "POST", body, signal });
  const picture = await response.blob();
  return {
    picture,
    modelMilliseconds: Number(response.headers.get("X-Milliseconds") ?? Number.NaN),
    milliseconds: performance.now() - begun,
  };
}

export type Shared = components["schemas"]["SharedDrawing"];

/** Has a drawing kept for whoever has its link. @returns what the link names it by. */
export async function shareDrawing(shared: Shared): Promise<string> {
  const told = await json<components["schemas"]["SharedLink"]>(at("drawings"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(shared),
  });
  return told.id;
}

export const readShared = (id: string, signal: AbortSignal) => json<Shared>(at("drawings", id), { signal });

/** A photo as lines such as the model learned from, cut as its pictures were. */
export async function sketchPhoto(id: string, photo: Blob): Promise<Blob> {
  const body = new FormData();
  body.set("image", photo, "photo");
  return (await ask(at("bundles", id, "sketch"), { method: "POST", body })).blob();
}
