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
  const body = { image: await reduced(picture), consent: true };
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

/** The amounts that look natural; the same as those of `ganvas makeup`. */
export const AMOUNTS = { lips: 1, eyes: 0.8, liner: 0.8, brows: 0.3, cheeks: 0.7, skin: 0.7 } as const;
export type Region = keyof typeof AMOUNTS;
export const REGIONS = Object.keys(AMOUNTS) as Region[];
export type Touch = Record<Region, number> & { strength: number };

/** A reference and how far it counts. */
export type Mixed = { name: string; picture: Blob; weight: number };

/** What was reduced or left out of the make-up that was asked for. */
export type MadeUp = MadePicture & {
  /** Share of all make-up, and of that of eyes and brows, in [0, 1]. */
  share: number;
  eyesShare: number;
  /** Regions that no reference shows. */
  missing: Region[];
};

/** All pictures are prepared already; only after consent. */
export async function makeUp(image: Blob, mixed: Mixed[], touch: Touch, signal: AbortSignal): Promise<MadeUp> {
  const body = {
    image,
    reference: mixed.map(({ picture }) => picture),
    weight: mixed.map(({ weight }) => weight),
    consent: true,
    ...touch,
  };
  let headers = new Headers();
  const answer = api.POST("/v1/makeup", { body, ...blob, signal }).then((given) => {
    headers = given.response.headers;
    return given;
  });
  const made = await madePicture(answer);
  const missing = headers.get("X-Make-Up-Missing") ?? "";
  return {
    ...made,
    share: Number(headers.get("X-Make-Up-Share") ?? 1),
    eyesShare: Number(headers.get("X-Make-Up-Eyes") ?? 1),
    missing: REGIONS.filter((region) => missing.split(",").includes(region)),
  };
}
