// What the Draw page asks the studio: portraits as close to the drawing as one likes, or plain translations of it.
import { api, dataOf, madePicture, multipart } from "../../api/client";
import type { components } from "../../api/schema";
import type { Direction } from "../../api/types";
import { reduced } from "../../ui/reduced";
import type { Answer } from "./use-result";

export type Parts = components["schemas"]["PortraitParts"];

/** A part of a portrait whose colour can be chosen. */
export type Region = components["schemas"]["PortraitAnswer"]["uncoloured"][number];

/** Colours that regions are moved to, as #rrggbb; the others stay as painted. */
export type Colours = Partial<Record<Region, string>>;

export type Placement = components["schemas"]["DrawingPlacement"];

/** How a portrait is to be painted: `own` is the share of the drawing itself that stays, by part. */
export type PortraitOptions = {
  k: number;
  own: Record<string, number>;
  colours: Colours;
  shadow: boolean;
  place: boolean;
};

// Whoever draws at once with others takes turns with them; a page is one of those.
const ASKER = crypto.getRandomValues(new Uint32Array(2)).join("-");

const ofBundle = (id: string) => ({ path: { id } });

export const readParts = (id: string, signal: AbortSignal): Promise<Parts> =>
  dataOf(api.GET("/v1/bundles/{id}/portrait", { params: ofBundle(id), signal }));

function pictureOf(address: string): Blob {
  const bytes = atob(address.slice(address.indexOf(",") + 1));
  return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))], { type: "image/png" });
}

export async function paintPortrait(
  id: string,
  image: Blob,
  { k, own, colours, shadow, place }: PortraitOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const begun = performance.now();
  const answer = await dataOf(
    api.POST("/v1/bundles/{id}/portrait", {
      params: { ...ofBundle(id), header: { "X-Asker": ASKER } },
      body: { image, prepared: true, k, t: JSON.stringify(own), shadow, place, ...colours },
      bodySerializer: multipart,
      signal,
    }),
  );
  return {
    picture: pictureOf(answer.portrait),
    shadow: answer.shadow,
    placement: answer.placement,
    uncoloured: answer.uncoloured,
    modelMilliseconds: answer.milliseconds,
    milliseconds: performance.now() - begun,
  };
}

/** The answer of a model that knows no manifold. */
export const translateDrawing = (id: string, image: Blob, direction: Direction, signal: AbortSignal): Promise<Answer> =>
  madePicture(
    api.POST("/v1/bundles/{id}/translate", {
      params: ofBundle(id),
      body: { image, prepared: true, direction, size: "square" },
      bodySerializer: multipart,
      parseAs: "blob",
      signal,
    }),
  );

export type Shared = components["schemas"]["SharedDrawing"];

/** Has a drawing kept for whoever has its link. @returns what the link names it by. */
export const shareDrawing = async (body: Shared): Promise<string> =>
  (await dataOf(api.POST("/v1/drawings", { body }))).id;

export const readShared = (id: string, signal: AbortSignal): Promise<Shared> =>
  dataOf(api.GET("/v1/drawings/{id}", { params: { path: { id } }, signal }));

/** A photo as lines such as the model learned from, cut as its pictures were. */
export const sketchPhoto = async (id: string, photo: Blob): Promise<Blob> =>
  dataOf(
    api.POST("/v1/bundles/{id}/sketch", {
      params: ofBundle(id),
      body: { image: await reduced(photo) },
      bodySerializer: multipart,
      parseAs: "blob",
    }),
  );
