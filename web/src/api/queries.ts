// What several pages read from the server, as queries: one answer is shared by all that show it.
import { QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import type { Health } from "./types";

export const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // An error is shown at once, with a button to try again; polling goes on by itself.
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // The studio usually runs on this machine: it answers without a network.
        networkMode: "always",
      },
    },
  });

/** Asks again every so many seconds while the page is visible, and at once when it becomes visible again. */
export const polled = (seconds: number) =>
  ({ refetchInterval: seconds * 1000, refetchOnWindowFocus: "always" }) as const;

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/health", { signal })),
});

export const bundlesQuery = queryOptions({
  queryKey: ["bundles"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/bundles", { signal })),
});

export const bundleQuery = (id: string) =>
  queryOptions({
    queryKey: ["bundles", id],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/bundles/{id}", { params: { path: { id } }, signal })),
  });

export const runsQuery = queryOptions({
  queryKey: ["runs"],
  queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/runs", { signal }))).runs,
});

/** What this studio offers, once it has answered. */
export const useHealth = (): Health | undefined => useQuery(healthQuery).data;
