import { readHealth } from "./client";
import type { Health } from "./types";
import { useResource } from "./use-resource";

/** What this studio offers, once it has said so. */
export const useHealth = (): Health | undefined => useResource("health", readHealth).data;
