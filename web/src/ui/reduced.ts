// Photographs made smaller before they are sent: no model takes as many pixels as a camera records.

/** The longest side that is sent, in pixels. */
export const LONGEST = 4096;
/** The largest file that is sent as it is, in bytes. */
export const LARGEST = 8_000_000;
/** Files below this are not opened: no camera packs more than `LONGEST` pixels into them. */
const SMALL = 1_000_000;

const known = new WeakMap<Blob, Promise<Blob>>();

/** The file itself, or a smaller version where it is too large to send. Files that the browser cannot read stay. */
export function reduced(file: Blob): Promise<Blob> {
  const before = known.get(file);
  if (before) return before;
  const made = file.size < SMALL ? Promise.resolve(file) : reduce(file);
  known.set(file, made);
  return made;
}

async function reduce(file: Blob): Promise<Blob> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // the studio's answer says what is wrong with it
  }
  try {
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= LARGEST) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const context = canvas.getContext("2d");
    if (!context) return file;
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    // WebP keeps transparency, which JPEG has none of.
    const type = file.type === "image/jpeg" ? "image/jpeg" : "image/webp";
    const smaller = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.95));
    return smaller ?? file;
  } finally {
    picture.close();
  }
}
