// What a card says about the pictures on both sides of a translation.
import type { BundleCard, Direction } from "../../api/types";

export const needsFace = (bundle: BundleCard) => bundle.crop.startsWith("face");

/** The names of the domains, in the order of the direction. */
export function domainsOf(bundle: BundleCard, direction: Direction): [from: string, to: string] {
  const [a = "A", b = "B"] = bundle.domains;
  return direction === "a_to_b" ? [a, b] : [b, a];
}
