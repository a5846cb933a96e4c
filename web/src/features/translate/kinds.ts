// Which models translate pictures, and what can be chosen about them.
import { pageOf } from "../../api/bundle-page";
import type { BundleCard } from "../../api/types";

export type Direction = "a_to_b" | "b_to_a";
export type Style = { kind: "seed"; seed: number } | { kind: "reference"; id: number };

export const translates = (bundle: BundleCard) => pageOf(bundle) === "translate";

export const needsFace = (bundle: BundleCard) => bundle.crop === "face" || bundle.crop === "face-fixed";

/** Whence and whither, by the names the model knows. */
export function domainsOf(bundle: BundleCard, direction: Direction): [from: string, to: string] {
  const [a = "A", b = "B"] = bundle.domains;
  return direction === "a_to_b" ? [a, b] : [b, a];
}
