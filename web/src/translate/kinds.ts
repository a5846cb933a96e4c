// Which models translate pictures, and what can be chosen about them.
import type { BundleCard } from "../api/types";

export type Direction = "a_to_b" | "b_to_a";
export type Style = { kind: "seed"; seed: number } | { kind: "reference"; id: number };

/** Sketches have a page of their own; maps of labels and pairs of frames are no photographs. */
export function translates(bundle: BundleCard): boolean {
  if (bundle.task === "unpaired" || bundle.task === "reference") return true;
  return (
    bundle.task === "paired" &&
    !bundle.degradation?.startsWith("sketch") &&
    bundle.family !== "sketchportrait" &&
    bundle.labels === 0 &&
    bundle.source_channels !== 6
  );
}

export const needsFace = (bundle: BundleCard) => bundle.crop === "face" || bundle.crop === "face-fixed";

/** Whence and whither, by the names the model knows. */
export function domainsOf(bundle: BundleCard, direction: Direction): [from: string, to: string] {
  const [a = "A", b = "B"] = bundle.domains;
  return direction === "a_to_b" ? [a, b] : [b, a];
}
