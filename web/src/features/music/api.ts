// Requests for music.
import { api, dataOf, multipart } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Format = Schemas["MusicFormat"];
export type Piece = Schemas["Composition"];
export type Phrase = Schemas["Phrase"];
export type SheetMusic = Schemas["SheetMusic"];
export type Note = Schemas["NoteInfo"];

const ofBundle = (id: string) => ({ path: { id } });

export const readFormat = (id: string, signal: AbortSignal): Promise<Format> =>
  dataOf(api.GET("/v1/bundles/{id}/music", { params: ofBundle(id), signal }));

/** The notes of a sample sheet of a training. */
export const readSheetMusic = (run: string, nimg: number, signal: AbortSignal): Promise<SheetMusic> =>
  dataOf(api.GET("/v1/runs/{id}/sheets/{nimg}/music", { params: { path: { id: run, nimg } }, signal }));

export const compose = (id: string, body: Schemas["ComposeRequest"], signal: AbortSignal): Promise<Piece> =>
  dataOf(api.POST("/v1/bundles/{id}/compose", { params: ofBundle(id), body, signal }));

export function accompany(
  id: string,
  given: File,
  seed: number,
  threshold: number,
  signal: AbortSignal,
): Promise<Piece> {
  // The name of the file says its kind.
  const bodySerializer = (body: object) => {
    const form = multipart(body);
    form.set("music", given, given.name);
    return form;
  };
  const body = { music: given, seed, threshold };
  return dataOf(api.POST("/v1/bundles/{id}/accompany", { params: ofBundle(id), body, bodySerializer, signal }));
}
