// What a bundle is for, in a sentence.
import type { BundleCard } from "../api/types";
import { useWords, type Words } from "../i18n/provider";

function summary(bundle: BundleCard, { tasks }: Words): string {
  if (bundle.task === "synthesis" && bundle.classes.length > 0) return tasks.classes(bundle.classes.length);
  // What made the sources, without how: downscale-x4, sketch-mixed.
  const degradation = bundle.task === "paired" ? bundle.degradation?.split("-")[0] : undefined;
  switch (degradation ?? bundle.task) {
    case "sketch":
      return tasks.sketch;
    case "grayscale":
      return tasks.grayscale;
    case "downscale":
      return tasks.downscale;
    case "mask":
      return tasks.mask;
    case "paired":
      return tasks.paired;
    case "unpaired":
      return tasks.unpaired;
    case "reference":
      return tasks.reference;
    case "music":
      return tasks.music;
    default:
      return tasks.synthesis;
  }
}

export function useTaskSummary(): (bundle: BundleCard) => string {
  const words = useWords();
  return (bundle) => summary(bundle, words);
}
