// What the checks propose, as a verdict of the reviewer's own.
import type { Queued, Reason } from "./api";
import type { Said } from "./store";

// The key of the drop reason that a reason of the rules for portraits belongs to; any other is "other".
const KEYS: Record<string, string> = {
  "head turned": "turned",
  "head up or down": "turned",
  "head tilted": "turned",
  "eyes closed": "eyes",
  wink: "eyes",
  "hair over the eyes": "hair",
  "no room above the hair": "cut",
  "crop leaves the picture": "cut",
  "closer crop leaves the picture": "cut",
  "face covered": "occluded",
  "too small": "quality",
  blurred: "quality",
  "blurred as a whole": "quality",
  "too dark": "quality",
  "too bright": "quality",
  "burnt out or black": "quality",
  writing: "text",
  collage: "text",
  "printed border": "text",
  "no face": "kind",
  "several faces": "kind",
  "whole body": "kind",
  "no colour": "kind",
  painting: "kind",
  engraving: "kind",
  "badge or oval": "kind",
};

/** The verdict that the checks propose for a picture; null where they propose none. */
export function proposedVerdict({ proposal }: Queued, reasons: readonly Reason[]): Said | null {
  if (!proposal) return null;
  if (proposal.keep) return { verdict: "keep", reason: null };
  const wanted = proposal.reason ?? "";
  const key = [wanted, KEYS[wanted], "other"].find((each) => reasons.some((reason) => reason.key === each));
  return key === undefined ? null : { verdict: "drop", reason: key };
}
