// The client of the studio's API. Paths, parameters, bodies and answers are typed by the server's OpenAPI document.
import createClient, { type Middleware } from "openapi-fetch";
import { noteAnswer } from "./connection";
import { ROOT, rooted } from "./root";
import type { components, paths } from "./schema";

/** A refusal of the server (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
  readonly status: number;
  /** Names the error, for a translation of its sentence. */
  readonly code: string;
  /** The values in the sentence, by name. */
  readonly params: Readonly<Record<string, string | number>>;

  constructor(status: number, detail: string, code = "", params: Problem["params"] = {}) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.params = params;
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const { status, statusText } = response;
  try {
    const body = (await response.json()) as Partial<components["schemas"]["Problem"]>;
    if (typeof body.detail === "string") return new Problem(status, body.detail, body.code, body.params);
  } catch {
    // Not a problem document: the status line is all there is.
  }
  return new Problem(status, `${status} ${statusText}`);
}

const problems: Middleware = {
  async onResponse({ response }) {
    noteAnswer(true);
    if (!response.ok) throw await problemOf(response);
  },
  onError({ request }) {
    // Without an answer the promise is rejected with the request's own error: the request was aborted.
    if (request.signal.aborted) return undefined;
    noteAnswer(false);
    return new Problem(0, "");
  },
};

/** Every call resolves with the answer's `data`, or rejects with a `Problem`. */
export const api = createClient<paths>({
  baseUrl: `${globalThis.location?.origin ?? "http://localhost"}${ROOT}`,
  fetch: (request) => fetch(request),
});
api.use(problems);

/** The body of a successful answer. */
export async function dataOf<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  return (await answer).data as Data;
}

/**
 * Serialises a body as multipart/form-data. A list becomes several fields of one name; null and undefined are left out.
 */
export function multipart(body: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Blob) form.append(name, one, name);
      else if (one !== null && one !== undefined) form.append(name, String(one));
    }
  }
  return form;
}

/** A picture that a model made, and how long it took. */
export type MadePicture = {
  picture: Blob;
  /** What the model itself took. */
  modelMilliseconds: number;
  /** What the whole request took. */
  milliseconds: number;
  /** Similarity of the person before and after; NaN where it was not measured. */
  likeness: number;
};

/** The picture of an answer, with what its headers say about it. */
export async function madePicture(answer: Promise<{ data?: Blob; response: Response }>): Promise<MadePicture> {
  const begun = performance.now();
  const { data, response } = await answer;
  const header = (name: string) => Number(response.headers.get(name) ?? Number.NaN);
  return {
    picture: data as Blob,
    modelMilliseconds: header("X-Milliseconds"),
    milliseconds: performance.now() - begun,
    likeness: header("X-Likeness"),
  };
}

/** The address of something that is not fetched here, such as a picture or a stream of events. */
export const addressOf = (...parts: string[]) => rooted(`/v1/${parts.map(encodeURIComponent).join("/")}`);
