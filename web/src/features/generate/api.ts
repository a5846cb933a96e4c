// The studio's answers about latent space: walks, mixtures, directions, projections, neighbours.
import { ask, at, json } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Abilities = Schemas["Abilities"];
export type ApiPoint = { seed?: number; class?: number; latent?: string };
export type Frames = Schemas["Frames"];
export type Mixed = Schemas["MixAnswer"];
export type KnownDirections = Schemas["DirectionsAnswer"];
export type Projection = Schemas["ProjectionState"];
export type Neighbours = Schemas["NeighboursAnswer"];
export type NeighbourSample = Schemas["NeighbourSample"];
export type FilmFormat = Abilities["films"][number];

export type WalkRequest = { points: ApiPoint[]; steps: number; loop: boolean; psi: number };
export type LayerRange = readonly [first: number, last: number];

const posted = (body: object, signal: AbortSignal): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
  signal,
});

export const readAbilities = (id: string, signal: AbortSignal) =>
  json<Abilities>(at("bundles", id, "abilities"), { signal });

export const interpolate = (id: string, request: WalkRequest, signal: AbortSignal) =>
  json<Frames>(at("bundles", id, "interpolate"), posted(request, signal));

export const film = async (
  id: string,
  request: WalkRequest & { format: FilmFormat; fps: number },
  signal: AbortSignal,
) => (await ask(at("bundles", id, "film"), posted(request, signal))).blob();

export const mix = (
  id: string,
  request: {
    rows: ApiPoint[];
    columns: ApiPoint[];
    first_layer: number;
    last_layer: number;
    psi: number;
  },
  signal: AbortSignal,
) => json<Mixed>(at("bundles", id, "mix"), posted(request, signal));

export const listDirections = (id: string, [first, last]: LayerRange, count: number, signal: AbortSignal) =>
  json<KnownDirections>(
    `${at("bundles", id, "directions")}?${new URLSearchParams({
      first_layer: String(first),
      last_layer: String(last),
      count: String(count),
    })}`,
    { signal },
  );

export const edit = (
  id: string,
  request: {
    points: ApiPoint[];
    strengths: { number: number; strength: number }[];
    first_layer: number;
    last_layer: number;
    psi: number;
  },
  signal: AbortSignal,
) => json<Frames>(at("bundles", id, "edit"), posted(request, signal));

// One search at a time belongs to this page: a newer one takes an older one's place on the server too.
const client = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");

export const startProjection = (
  id: string,
  request: { picture: Blob; steps: number; plus: boolean; class: number | null },
  signal: AbortSignal,
) => {
  const body = new FormData();
  body.set("image", request.picture, "picture");
  body.set("steps", String(request.steps));
  body.set("plus", String(request.plus));
  body.set("client", client);
  if (request.class !== null) body.set("class", String(request.class));
  return json<{ id: string }>(at("bundles", id, "project"), { method: "POST", body, signal });
};

export const readProjection = (search: string, signal: AbortSignal) =>
  json<Projection>(at("projections", search), { signal });

/** Also when the page is being left: the request outlives it. */
export const stopProjection = (search: string) =>
  fetch(at("projections", search), { method: "DELETE", keepalive: true }).then(
    () => {},
    () => {}, // it will be given up by itself
  );

export const listNeighbours = (
  run: string,
  request: { seed: number; count: number; psi: number; className: string | null },
  signal: AbortSignal,
) => {
  const query = new URLSearchParams({
    seed: String(request.seed),
    count: String(request.count),
    psi: String(request.psi),
  });
  if (request.className !== null) query.set("class_name", request.className);
  return json<Neighbours>(`${at("runs", run, "neighbours")}?${query}`, { signal });
};
