// Requests about the latent space of a model: pictures, walks, mixtures, directions, projections, neighbours.
import { addressOf, api, dataOf, multipart } from "../../api/client";
import type { components } from "../../api/schema";
import type { GenerateRequest } from "../../api/types";
import { reduced } from "../../ui/reduced";

type Schemas = components["schemas"];

export type Abilities = Schemas["Abilities"];
export type ApiPoint = Schemas["Point"];
export type Frames = Schemas["Frames"];
export type Mixed = Schemas["MixAnswer"];
export type KnownDirections = Schemas["DirectionsAnswer"];
export type Projection = Schemas["ProjectionState"];
export type Neighbours = Schemas["NeighboursAnswer"];
export type NeighbourSample = Schemas["NeighbourSample"];
export type FilmFormat = Abilities["films"][number];
export type WalkRequest = Schemas["InterpolateRequest"];
export type LayerRange = readonly [first: number, last: number];

const ofBundle = (id: string) => ({ path: { id } });

export const generate = (id: string, body: GenerateRequest, signal: AbortSignal) =>
  dataOf(api.POST("/v1/bundles/{id}/generate", { params: ofBundle(id), body, signal }));

export const readAbilities = (id: string, signal: AbortSignal): Promise<Abilities> =>
  dataOf(api.GET("/v1/bundles/{id}/abilities", { params: ofBundle(id), signal }));

export const interpolate = (id: string, body: Schemas["InterpolateRequest"], signal: AbortSignal): Promise<Frames> =>
  dataOf(api.POST("/v1/bundles/{id}/interpolate", { params: ofBundle(id), body, signal }));

export const film = (id: string, body: Schemas["FilmRequest"], signal: AbortSignal): Promise<Blob> =>
  dataOf(api.POST("/v1/bundles/{id}/film", { params: ofBundle(id), body, signal, parseAs: "blob" }));

export const mix = (id: string, body: Schemas["MixRequest"], signal: AbortSignal): Promise<Mixed> =>
  dataOf(api.POST("/v1/bundles/{id}/mix", { params: ofBundle(id), body, signal }));

export const listDirections = (
  id: string,
  [first_layer, last_layer]: LayerRange,
  count: number,
  signal: AbortSignal,
): Promise<KnownDirections> =>
  dataOf(
    api.GET("/v1/bundles/{id}/directions", {
      params: { ...ofBundle(id), query: { first_layer, last_layer, count } },
      signal,
    }),
  );

export const edit = (id: string, body: Schemas["EditRequest"], signal: AbortSignal): Promise<Frames> =>
  dataOf(api.POST("/v1/bundles/{id}/edit", { params: ofBundle(id), body, signal }));

// One search at a time belongs to this page: a newer one replaces an older one on the server too.
const client = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");

export const startProjection = async (
  id: string,
  { picture, ...settings }: { picture: Blob; steps: number; plus: boolean; class: number | null },
  signal: AbortSignal,
) =>
  dataOf(
    api.POST("/v1/bundles/{id}/project", {
      params: ofBundle(id),
      body: { image: await reduced(picture), client, ...settings },
      bodySerializer: multipart,
      signal,
    }),
  );

export const readProjection = (search: string, signal: AbortSignal): Promise<Projection> =>
  dataOf(api.GET("/v1/projections/{id}", { params: { path: { id: search } }, signal }));

/** Also when the page is being left: the request outlives it. */
export const stopProjection = (search: string): Promise<void> =>
  api.DELETE("/v1/projections/{id}", { params: { path: { id: search } }, keepalive: true }).then(
    () => {},
    () => {}, // the server gives the search up by itself
  );

export const listNeighbours = (
  run: string,
  { className, ...request }: { seed: number; count: number; psi: number; className: string | null },
  signal: AbortSignal,
): Promise<Neighbours> =>
  dataOf(
    api.GET("/v1/runs/{id}/neighbours", {
      params: { path: { id: run }, query: { ...request, class_name: className } },
      signal,
    }),
  );

/** The address of the picture of a seed. */
export function seedPictureAddress(id: string, seed: number, label: number | null, psi: number): string {
  const query = new URLSearchParams({ seed: String(seed) });
  if (label !== null) query.set("class", String(label));
  if (psi !== 1) query.set("psi", String(psi));
  return `${addressOf("bundles", id, "image.png")}?${query}`;
}
