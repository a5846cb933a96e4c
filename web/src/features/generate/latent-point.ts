// Points in latent space as the address of the page writes them: a seed (`3`), a seed of a class (`3-1`), or a
// photograph that was projected (`photo1`). Photographs last as long as the page; none is stored.
import type { BundleCard } from "../../api/types";
import { type ApiPoint, seedPictureAddress } from "./api";
import type { Words } from "./words";

export const MAX_SEED = 2 ** 31 - 1;

export type Photo = { image: string; latent: string };
export type LatentPoint = { seed: number; class: number | null } | { photo: string };

const photos = new Map<string, Photo>(); // by bundle and number
const photoKey = (bundle: string, name: string) => `${bundle}/${name}`;

/** Remembers a projected photograph and gives its point. */
export function keepPhoto(bundle: string, photo: Photo): LatentPoint {
  const name = `photo${photosOf(bundle).length + 1}`;
  photos.set(photoKey(bundle, name), photo);
  return { photo: name };
}

export function photosOf(bundle: string): LatentPoint[] {
  const head = photoKey(bundle, "");
  return [...photos.keys()].filter((key) => key.startsWith(head)).map((key) => ({ photo: key.slice(head.length) }));
}

export const textOf = (point: LatentPoint): string => {
  if ("photo" in point) return point.photo;
  return point.class === null ? String(point.seed) : `${point.seed}-${point.class}`;
};

function pointOf(text: string, bundle: BundleCard): LatentPoint | null {
  if (text.startsWith("photo")) return photos.has(photoKey(bundle.id, text)) ? { photo: text } : null;
  const [seed, label] = text.split("-").map((part) => Number.parseInt(part, 10));
  if (seed === undefined || !(seed >= 0 && seed <= MAX_SEED)) return null;
  const known = label !== undefined && label >= 0 && label < bundle.classes.length;
  return { seed, class: known ? label : null };
}

/** What the address says, without photographs that are gone; null: it says nothing. */
export function pointsOf(text: string | null, bundle: BundleCard): LatentPoint[] | null {
  if (text === null) return null;
  return text.split(".").flatMap((part) => pointOf(part, bundle) ?? []);
}

export const textOfPoints = (points: LatentPoint[]) => points.map(textOf).join(".");

export function requestPoint(point: LatentPoint, bundle: string): ApiPoint {
  if ("photo" in point) {
    const latent = photos.get(photoKey(bundle, point.photo))?.latent;
    return latent === undefined ? { seed: 0 } : { seed: 0, latent };
  }
  return point.class === null ? { seed: point.seed } : { seed: point.seed, class: point.class };
}

/** The address of the picture of a point. */
export function pictureOf(point: LatentPoint, bundle: string, psi: number): string {
  if ("photo" in point) return photos.get(photoKey(bundle, point.photo))?.image ?? "";
  return seedPictureAddress(bundle, point.seed, point.class, psi);
}

export function nameOf(point: LatentPoint, bundle: BundleCard, words: Words): string {
  if ("photo" in point) return words.photoNumber(point.photo.slice("photo".length));
  const label = point.class === null ? "" : (bundle.classes[point.class] ?? "");
  return [words.seedNumber(point.seed), label].filter(Boolean).join(", ");
}
