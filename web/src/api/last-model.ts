// The model that was last used on a page, for whoever opens the page without naming one.
import { useEffect } from "react";
import { recall, remember } from "../ui/local-storage";
import type { BundleCard } from "./types";

type Page = "draw" | "generate" | "translate" | "card";

/** Remembers which model is used on a page. */
export function useRemembered(page: Page, bundle: BundleCard | undefined): void {
  const id = bundle?.id;
  useEffect(() => {
    if (id !== undefined) remember(`model.${page}`, id);
  }, [page, id]);
}

/** The model that was last used on a page, or the first of those that can be. */
export function lastUsed(page: Page, bundles: readonly BundleCard[]): BundleCard | undefined {
  const id = recall(`model.${page}`);
  return bundles.find((each) => each.id === id) ?? bundles[0];
}
