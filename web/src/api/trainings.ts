// The trainings that the studio started, shared by the pages that show them.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import { polled, runsQuery, useMay } from "./queries";
import type { components } from "./schema";

export type Training = components["schemas"]["TrainingCard"];
export type DeletedRun = components["schemas"]["DeletedRun"];

const POLL_SECONDS = 2;

export const trainingsQuery = queryOptions({
  queryKey: ["trainings"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/trainings", { signal })),
});

/** The trainings and the deleted runs, as they change; undefined until they are known, and for those who may not. */
export function useTrainings() {
  return useQuery({ ...trainingsQuery, ...polled(POLL_SECONDS), enabled: useMay("owner"), retry: false }).data;
}

const of = (id: string) => ({ params: { path: { id } } });

export const startSampleTraining = () => dataOf(api.POST("/v1/sample-training"));

export const changes = {
  pause: (run: string) => dataOf(api.POST("/v1/trainings/{id}/pause", of(run))),
  resume: (run: string) => dataOf(api.POST("/v1/trainings/{id}/resume", of(run))),
  stop: (run: string) => dataOf(api.POST("/v1/trainings/{id}/stop", of(run))),
  prolong: (run: string, kimg: number) =>
    dataOf(api.POST("/v1/trainings/{id}/prolong", { ...of(run), body: { kimg } })),
  rename: (run: string, name: string) => dataOf(api.POST("/v1/trainings/{id}/rename", { ...of(run), body: { name } })),
  delete: (run: string) => dataOf(api.DELETE("/v1/trainings/{id}", of(run))),
  restore: (id: string) => dataOf(api.POST("/v1/deleted-runs/{id}/restore", of(id))),
};

/** Reads everything anew that a change of a training may have changed. */
export function useRefreshTrainings() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: trainingsQuery.queryKey }),
      client.invalidateQueries({ queryKey: runsQuery.queryKey, exact: true }),
      client.invalidateQueries({ queryKey: ["bundles"] }),
    ]);
}
