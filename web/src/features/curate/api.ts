// The review's questions to the server.
import { at, json } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type ReviewState = Schemas["ReviewState"];
export type Round = Schemas["ReviewRound"];
export type RoundDetail = Schemas["RoundDetail"];
export type Agreement = Schemas["RoundAgreement"];
export type Reason = Schemas["DropReason"];
export type Queued = Schemas["QueuedPicture"];
export type Queue = Schemas["ReviewQueue"];
export type Tally = Schemas["ReviewerProgress"];
export type Twin = Schemas["PictureTwin"];
export type Detail = Schemas["PictureDetail"];
export type Check = Schemas["PictureCheck"];
export type Origin = Schemas["PictureOrigin"];
export type SaidVerdict = Schemas["SaidVerdict"];
export type Answers = Schemas["VerdictsAnswer"];
export type Undone = Schemas["UndoAnswer"];
export type Result = Schemas["RoundChange"]["after"];
export type Scope = Round["scope"];

const signalled = (signal?: AbortSignal) => (signal ? { signal } : {});

const post = <T>(path: string, body: unknown, init: RequestInit = {}) =>
  json<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...init,
  });

export const readReview = (signal?: AbortSignal) => json<ReviewState>(at("review"), signalled(signal));

export const openRound = (scope: Scope | null, overlap: number) =>
  post<Round>(at("review", "rounds"), { scope, overlap });

export const readRound = (round: number, signal?: AbortSignal) =>
  json<RoundDetail>(at("review", String(round)), signalled(signal));

export const readAgreement = (round: number, signal?: AbortSignal) =>
  json<Agreement>(at("review", String(round), "agreement"), signalled(signal));

export function readQueue(
  round: number,
  reviewer: string,
  { after, count = 50, skipped = false }: { after?: number; count?: number; skipped?: boolean },
): Promise<Queue> {
  const query = new URLSearchParams({ reviewer, count: String(count) });
  if (after !== undefined) query.set("after", String(after));
  if (skipped) query.set("skipped", "true");
  return json<Queue>(`${at("review", String(round), "queue")}?${query}`);
}

/** `leaving`: the page is being closed, and the browser may finish the request without it. */
export const sendVerdicts = (round: number, reviewer: string, verdicts: SaidVerdict[], leaving: boolean) =>
  post<Answers>(at("review", String(round), "verdicts"), { reviewer, verdicts }, { keepalive: leaving });

export const sendUndo = (round: number, reviewer: string, client_id: string) =>
  post<Undone>(at("review", String(round), "undo"), { reviewer, client_id });

export const readPicture = (id: number, signal?: AbortSignal) =>
  json<Detail>(at("pictures", String(id)), signalled(signal));

/** A picture at a size; the address holds what it shows, so that the browser keeps it for ever. */
export const sized = (picture: { thumbnail_url: string }, size: number) => `${picture.thumbnail_url}&size=${size}`;
