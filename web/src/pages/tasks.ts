// What a bundle is for, in words and as the page that plays it.
import type { BundleCard } from "../api/types";
import { translates } from "../translate/kinds";
import type { Words } from "../words/en";

/** Where one goes to play with a model. */
export function addressOf(bundle: BundleCard): string {
  const page = translates(bundle) ? "translate" : pageOf(bundle);
  return `/${page}/${encodeURIComponent(bundle.id)}`;
}

/** What a model begins with: seeds, or a picture of the user's (on the Draw page, or on the Translate page). */
export function pageOf(bundle: BundleCard): "generate" | "draw" {
  return bundle.task === "synthesis" || bundle.task === "music" ? "generate" : "draw";
}

export function taskInWords(bundle: BundleCard, words: Words): string {
  if (bundle.task === "synthesis" && bundle.classes.length > 0)
    return words.tasks.classes(bundle.classes.length);
  // What made the sources, without how: downscale-x4, sketch-mixed.
  const degradation = bundle.task === "paired" ? bundle.degradation?.split("-")[0] : undefined;
  switch (degradation ?? bundle.task) {
    case "sketch":
      return words.tasks.sketch;
    case "grayscale":
      return words.tasks.grayscale;
    case "downscale":
      return words.tasks.downscale;
    case "mask":
      return words.tasks.mask;
    case "paired":
      return words.tasks.paired;
    case "unpaired":
      return words.tasks.unpaired;
    case "reference":
      return words.tasks.reference;
    case "music":
      return words.tasks.music;
    default:
      return words.tasks.synthesis;
  }
}
