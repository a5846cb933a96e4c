// Example drawings and photographs that ship with the pages. public/examples/CREDITS.txt says where they are from.

import { rooted } from "./root";

export const DRAWINGS: readonly string[] = [1, 2, 3, 4].map((n) => rooted(`/examples/drawing-${n}.json`));
export const PHOTOS: readonly string[] = [1, 2, 3, 4, 5, 6].map((n) => rooted(`/examples/portrait-${n}.jpg`));

/** In the query of a page: it opens with its first example. */
export const EXAMPLE = "example";

/** The content of an example. @throws when it cannot be loaded. */
export async function loadExample(address: string, signal?: AbortSignal): Promise<Blob> {
  const answer = await fetch(address, signal ? { signal } : {});
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.blob();
}
