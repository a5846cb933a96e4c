// What a bundle's card says about the use of the model.
import type { BundleCard, Capability } from "./types";

export const can = (bundle: Pick<BundleCard, "capabilities">, capability: Capability) =>
  bundle.capabilities.includes(capability);

/** The address of the page that a model is used on. */
export const bundleAddress = (bundle: BundleCard) => `/${bundle.page}/${encodeURIComponent(bundle.id)}`;
