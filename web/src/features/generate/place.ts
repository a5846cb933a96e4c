// Places in latent space, as the address of the page writes them: a seed (`3`), a seed of a class (`3-1`), or a
// photograph that was projected (`photo1`). Photographs live as long as the page: nothing of them is kept.
import type { BundleCard } from "../../api/types";
import { type ApiPoint, seedPictureAddress } from "./api";
import type { Words } from "./words";

export const MAX_SEED = 2 ** 31 - 1;

export type Photo = { image: string; latent: string };
export type Place = { seed: number; class: number | null } | { photo: string };

const photos = new Map<string, Photo>(); // by bundle and number
const photoKey = (bundle: string, name: string) => `${bundle}/${name}`;

/** Remembers a projected photograph and gives its place. */
export function keepPhoto(bundle: string, photo: Photo): Place {
  const name = `photo${photosOf(bundle).length + 1}`;
  photos.set(photoKey(bundle, name), photo);
  return { photo: name };
}

export function photosOf(bundle: string): Place[] {
  const head = photoKey(bundle, "");
  return [...photos.keys()].filter((key) => key.startsWith(head)).map((key) => ({ photo: key.slice(head.length) }));
}

export const textOf = (place: Place): string => {
  if ("photo" in place) return place.photo;
  return place.class === null ? String(place.seed) : `${place.seed}-${place.class}`;
};

function placeOf(text: string, bundle: BundleCard): Place | null {
  if (text.startsWith("photo")) return photos.has(photoKey(bundle.id, text)) ? { photo: text } : null;
  const [seed, label] = text.split("-").map((part) => Number.parseInt(part, 10));
  if (seed === undefined || !(seed >= 0 && seed <= MAX_SEED)) return null;
  const known = label !== undefined && label >= 0 && label < bundle.classes.length;
  return { seed, class: known ? label : null };
}

/** What the address says, without photographs that are gone; null: it says nothing. */
export function placesOf(text: string | null, bundle: BundleCard): Place[] | null {
  if (text === null) return null;
  return text.split(".").flatMap((part) => placeOf(part, bundle) ?? []);
}

export const textOfPlaces = (places: Place[]) => places.map(textOf).join(".");

export function pointOf(place: Place, bundle: string): ApiPoint {
  if ("photo" in place) {
    const latent = photos.get(photoKey(bundle, place.photo))?.latent;
    return latent === undefined ? { seed: 0 } : { seed: 0, latent };
  }
  return place.class === null ? { seed: place.seed } : { seed: place.seed, class: place.class };
}

/** Where the picture of a place is. */
export function pictureOf(place: Place, bundle: string, psi: number): string {
  if ("photo" in place) return photos.get(photoKey(bundle, place.photo))?.image ?? "";
  return seedPictureAddress(bundle, place.seed, place.class, psi);
}

export function nameOf(place: Place, bundle: BundleCard, words: Words): string {
  if ("photo" in place) return words.explore.photoNumber(place.photo.slice("photo".length));
  const label = place.class === null ? "" : (bundle.classes[place.class] ?? "");
  return [words.generate.enlarged(place.seed), label].filter(Boolean).join(", ");
}
