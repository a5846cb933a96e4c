// Requests about pictures: cut as a model takes them, translated, carried over, made up, and where the model looks.
import { api, type MadePicture, madePicture, multipart } from "../../api/client";
import type { Direction } from "../../api/types";
import { reduced } from "../../ui/reduced";

/** `whole`: the picture in its own shape; otherwise the square of training. */
export type Given = { picture: Blob; prepared: boolean; whole: boolean };

const sizeOf = (whole: boolean) => (whole ? "keep" : "square");

/** Cuts a picture as its user needs it beside the answer. */
export type Prepare = (picture: Blob, signal: AbortSignal) => Promise<MadePicture>;

// All answers are pictures.
const blob = { bodySerializer: multipart, parseAs: "blob" } as const;
const ofBundle = (id: string) => ({ path: { id } });

/** A picture as it stands beside the answer: cut as the model takes it, or enlarged where the model enlarges. */
export const prepareFor =
  (id: string, whole: boolean): Prepare =>
  async (picture, signal) => {
    const body = { image: await reduced(picture), size: sizeOf(whole) };
    return madePicture(api.POST("/v1/bundles/{id}/prepare", { params: ofBundle(id), body, ...blob, signal }));
  };

export const prepareForMakeUp: Prepare = async (picture, signal) => {
  const body = { image: await reduced(picture) };
  return madePicture(api.POST("/v1/makeup/prepare", { body, ...blob, signal }));
};

export const translate = async (
  id: string,
  { picture, prepared, whole }: Given,
  direction: Direction,
  signal: AbortSignal,
) =>
  madePicture(
    api.POST("/v1/bundles/{id}/translate", {
      params: ofBundle(id),
      body: { image: await reduced(picture), prepared, direction, size: sizeOf(whole) },
      ...blob,
      signal,
    }),
  );

export const heatmap = async (
  id: string,
  { picture, prepared }: Omit<Given, "whole">,
  direction: Direction,
  signal: AbortSignal,
) =>
  madePicture(
    api.POST("/v1/bundles/{id}/heatmap", {
      params: ofBundle(id),
      body: { image: await reduced(picture), prepared, direction },
      ...blob,
      signal,
    }),
  );

/** The style to take: one drawn from a seed, or that of a reference on the table. */
export type Style = { kind: "seed"; seed: number } | { kind: "reference"; id: number };

export type Wish = { domain: number; style: Style; keep: boolean; strength: number };

/** Both pictures are prepared already. `reference` belongs to a style that is a reference. */
export const carryOver = (
  id: string,
  image: Blob,
  reference: Blob | undefined,
  { domain, style, keep, strength }: Wish,
  signal: AbortSignal,
) =>
  madePicture(
    api.POST("/v1/bundles/{id}/reference", {
      params: ofBundle(id),
      body: {
        image,
        reference: reference ?? null,
        prepared: true,
        class: domain,
        keep,
        strength,
        seed: style.kind === "seed" ? style.seed : 0,
      },
      ...blob,
      signal,
    }),
  );

export const REGIONS = ["lips", "eyes", "skin"] as const;
export type Touch = Record<(typeof REGIONS)[number], boolean> & { strength: number };

/** Both pictures are prepared already. A region that is wanted takes as much as looks natural. */
export function makeUp(image: Blob, reference: Blob, { strength, ...wanted }: Touch, signal: AbortSignal) {
  const amounts = Object.fromEntries(REGIONS.map((region) => [region, wanted[region] ? null : 0]));
  return madePicture(api.POST("/v1/makeup", { body: { image, reference, strength, ...amounts }, ...blob, signal }));
}
