// Requests of the Montage page. The server keeps nothing: a face is its code.
import { api, dataOf } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Face = Schemas["MontageFace"];
export type Page = Pick<Schemas["BreedMontage"], "seed" | "round" | "picked" | "base" | "locked" | "count">;

const ofBundle = (id: string) => ({ path: { id } });

export const breed = (id: string, body: Page, signal: AbortSignal) =>
  dataOf(api.POST("/v1/bundles/{id}/montage", { params: ofBundle(id), body, signal }));

export const changePart = (id: string, face: string, part: string, seed: number, signal: AbortSignal) =>
  dataOf(
    api.POST("/v1/bundles/{id}/montage/part", { params: ofBundle(id), body: { face, part, seed, count: 12 }, signal }),
  );

export const morph = (id: string, first: string, second: string, signal: AbortSignal) =>
  dataOf(
    api.POST("/v1/bundles/{id}/montage/morph", { params: ofBundle(id), body: { first, second, count: 5 }, signal }),
  );

export const exportFace = (id: string, face: string, round: number, visible: boolean): Promise<Blob> =>
  dataOf(
    api.POST("/v1/bundles/{id}/montage/export", {
      params: ofBundle(id),
      body: { face, round, visible },
      parseAs: "blob",
    }),
  );
