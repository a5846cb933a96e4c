// What several pages read from the server, as queries: one answer is shared by all that show it.
import { QueryCache, QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { api, dataOf, Problem } from "./client";
import type { Health, Role, Session } from "./types";

export const makeQueryClient = () => {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // A session that has ended: the frame shows the page for signing in.
      onError: (error) => {
        if (error instanceof Problem && error.status === 401)
          void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      },
    }),
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
  return client;
};

/** Asks again every so many seconds while the page is visible, and at once when it becomes visible again. */
export const polled = (seconds: number) =>
  ({ refetchInterval: seconds * 1000, refetchOnWindowFocus: "always" }) as const;

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/health", { signal })),
});

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/session", { signal })),
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

/** What this person may do, once the studio has answered. */
export const useSession = (): Session | undefined => useQuery(sessionQuery).data;

const ROLES: readonly Role[] = ["player", "reviewer", "owner"];

/** Whether this person has a role; until the studio has answered, it is taken to be so. */
export function useMay(role: Role): boolean {
  const session = useSession();
  if (session === undefined) return true;
  return session.role !== null && ROLES.indexOf(session.role) >= ROLES.indexOf(role);
}
