// Requests of the review.
import { api, dataOf } from "../../api/client";
import { rooted } from "../../api/root";
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
export type CheckDescription = Schemas["CheckDescription"];
export type Origin = Schemas["PictureOrigin"];
export type SaidVerdict = Schemas["SaidVerdict"];
export type Refusal = Pick<Schemas["VerdictAnswer"], "why" | "code" | "params">;
export type Answers = Schemas["VerdictsAnswer"];
export type Undone = Schemas["UndoAnswer"];
export type Result = Schemas["RoundChange"]["after"];
export type Scope = Round["scope"];

const ofRound = (round: number) => ({ path: { round } });

export const readReview = (signal: AbortSignal): Promise<ReviewState> => dataOf(api.GET("/v1/review", { signal }));

export const openRound = (scope: Scope | null, overlap: number): Promise<Round> =>
  dataOf(api.POST("/v1/review/rounds", { body: { scope, overlap } }));

export const readRound = (round: number, signal: AbortSignal): Promise<RoundDetail> =>
  dataOf(api.GET("/v1/review/{round}", { params: ofRound(round), signal }));

export const readAgreement = (round: number, signal: AbortSignal): Promise<Agreement> =>
  dataOf(api.GET("/v1/review/{round}/agreement", { params: ofRound(round), signal }));

/** Rounds and reviewers that this page has joined; joining again is safe. */
const joined = new Set<string>();

/** The next pictures of a reviewer, who joins the round before the first request. */
export async function readQueue(
  round: number,
  reviewer: string,
  { count = 50, ...query }: { after?: number; count?: number; skipped?: boolean },
): Promise<Queue> {
  const key = `${round} ${reviewer}`;
  if (!joined.has(key)) {
    await api.POST("/v1/review/{round}/reviewers", { params: ofRound(round), body: { reviewer } });
    joined.add(key);
  }
  return dataOf(
    api.GET("/v1/review/{round}/queue", { params: { ...ofRound(round), query: { reviewer, count, ...query } } }),
  );
}

/** `leaving`: the page is being closed, and the browser may finish the request without it. */
export const sendVerdicts = (
  round: number,
  reviewer: string,
  verdicts: SaidVerdict[],
  leaving: boolean,
): Promise<Answers> =>
  dataOf(
    api.POST("/v1/review/{round}/verdicts", {
      params: ofRound(round),
      body: { reviewer, verdicts },
      keepalive: leaving,
    }),
  );

export const sendUndo = (round: number, reviewer: string, client_id: string): Promise<Undone> =>
  dataOf(api.POST("/v1/review/{round}/undo", { params: ofRound(round), body: { reviewer, client_id } }));

export const readPicture = (id: number, signal: AbortSignal): Promise<Detail> =>
  dataOf(api.GET("/v1/pictures/{id}", { params: { path: { id } }, signal }));

/** A picture at a size; the address holds what it shows, so that the browser keeps it for ever. */
export const sized = (picture: { thumbnail_url: string }, size: number) =>
  rooted(`${picture.thumbnail_url}&size=${size}`);
