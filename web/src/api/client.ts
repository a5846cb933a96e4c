// The studio's API: one function a question. Answers that are no pictures are typed by the server's own schema.
import type { BundleCard, Generated, GenerateRequest, Health, RefusedBundle, Run, RunCard, StatsLine } from "./types";

/** A refusal of the server (RFC 9457) or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = "Problem";
    this.status = status;
  }
}

/** The answer to a question, or a `Problem`. */
export async function ask(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new Problem(0, "");
  }
  if (response.ok) return response;
  let detail = `${response.status} ${response.statusText}`;
  try {
    const body: unknown = await response.json();
    if (body && typeof body === "object" && "detail" in body && typeof body.detail === "string") detail = body.detail;
  } catch {
    // Not a problem document: the status line has to do.
  }
  throw new Problem(response.status, detail);
}

export async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await ask(path, init)).json() as Promise<T>;
}

export const at = (...parts: string[]) => `/v1/${parts.map(encodeURIComponent).join("/")}`;

export const readHealth = (signal?: AbortSignal) => json<Health>(at("health"), signal ? { signal } : {});

export const listBundles = (signal?: AbortSignal) =>
  json<{ bundles: BundleCard[]; refused: RefusedBundle[] }>(at("bundles"), signal ? { signal } : {});

export const readBundle = (id: string, signal?: AbortSignal) =>
  json<BundleCard>(at("bundles", id), signal ? { signal } : {});

export const listRuns = async (signal?: AbortSignal) =>
  (await json<{ runs: RunCard[] }>(at("runs"), signal ? { signal } : {})).runs;

export const readRun = (id: string, signal?: AbortSignal) => json<Run>(at("runs", id), signal ? { signal } : {});

export const readStats = (id: string, after: number, signal?: AbortSignal) =>
  json<{ stats: StatsLine[]; next: number }>(`${at("runs", id, "stats")}?after=${after}`, signal ? { signal } : {});

export const eventsAddress = (id: string) => at("runs", id, "events");

export const generate = (id: string, request: GenerateRequest, signal: AbortSignal) =>
  json<Generated>(at("bundles", id, "generate"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
    signal,
  });

export type Translated = { picture: Blob; modelMilliseconds: number; milliseconds: number };

/** `prepared`: the picture already is the model's own input, such as a drawing. */
export async function translate(
  id: string,
  picture: Blob,
  prepared: boolean,
  signal: AbortSignal,
): Promise<Translated> {
  const body = new FormData();
  body.set("image", picture, "picture.png");
  body.set("prepared", String(prepared));
  const begun = performance.now();
  const response = await ask(at("bundles", id, "translate"), { method: "POST", body, signal });
  const answer = await response.blob();
  return {
    picture: answer,
    modelMilliseconds: Number(response.headers.get("X-Milliseconds") ?? Number.NaN),
    milliseconds: performance.now() - begun,
  };
}
