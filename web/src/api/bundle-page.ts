// Which page a bundle is used on.
import type { BundleCard } from "./types";

/** The page of a model: it starts from seeds, from a drawing, or from a picture. */
export function pageOf(bundle: BundleCard): "generate" | "draw" | "translate" {
  if (bundle.task === "synthesis") return "generate";
  return isSketchModel(bundle) ? "draw" : "translate";
}

const isSketchModel = (bundle: BundleCard) =>
  bundle.task === "paired" && (bundle.degradation?.startsWith("sketch") === true || bundle.family === "sketchportrait");

/** The address of the page that a bundle is used on. */
export const bundleAddress = (bundle: BundleCard) => `/${pageOf(bundle)}/${encodeURIComponent(bundle.id)}`;
