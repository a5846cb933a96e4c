// Requests of the Opinion page.
import { addressOf, api, dataOf } from "../../api/client";
import type { components } from "../../api/schema";
import { recall, remember } from "../../ui/local-storage";

export type Study = components["schemas"]["StudySummary"];
export type Question = components["schemas"]["Question"];
export type Clip = components["schemas"]["StudyClip"];
export type Results = components["schemas"]["Results"];

const studyAt = (id: string) => ({ params: { path: { id } } });

export const studiesQuery = {
  queryKey: ["studies"],
  queryFn: ({ signal }: { signal: AbortSignal }) => dataOf(api.GET("/v1/studies", { signal })),
};

export const resultsQuery = (id: string) => ({
  queryKey: ["studies", id, "results"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    dataOf(api.GET("/v1/studies/{id}/results", { ...studyAt(id), signal })),
});

export const clipQuery = (id: string, clip: string) => ({
  queryKey: ["studies", id, "clips", clip],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    dataOf(api.GET("/v1/studies/{id}/clips/{clip}", { params: { path: { id, clip } }, signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const joinStudy = async (id: string) => (await dataOf(api.POST("/v1/studies/{id}/raters", studyAt(id)))).rater;

export const readQuestion = (id: string, rater: string) =>
  dataOf(api.POST("/v1/studies/{id}/question", { ...studyAt(id), body: { rater } }));

export type Rating = { position: number; value: number; milliseconds: number };

export const sendRating = (id: string, rater: string, rating: Rating) =>
  dataOf(api.POST("/v1/studies/{id}/ratings", { ...studyAt(id), body: { rater, ...rating } }));

export const withdraw = (id: string, rater: string) =>
  api.POST("/v1/studies/{id}/withdrawal", { ...studyAt(id), body: { rater } });

export const openStudy = (id: string) => dataOf(api.POST("/v1/studies/{id}/opening", studyAt(id)));

export const closeStudy = (id: string) => dataOf(api.POST("/v1/studies/{id}/closing", studyAt(id)));

export const pictureAt = (study: string, picture: string) => addressOf("studies", study, "pictures", picture);

export const reportAt = (study: string) => addressOf("studies", study, "report.md");

// The secret by which a study knows this rater stays in this browser.
export const knownRater = (study: string) => recall(`opinion.${study}`);

export const keepRater = (study: string, rater: string | null) => remember(`opinion.${study}`, rater);
