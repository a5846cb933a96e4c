// Pictures as a page shows them: an address and their size.
import type { MadePicture } from "../../api/client";

type Displayed = { address: string; width: number; height: number };
export type Shown = MadePicture & Displayed;

/** @throws when the browser cannot read the picture. */
export async function toShown<Made extends MadePicture>(made: Made): Promise<Made & Displayed> {
  const { width, height } = await measured(made.picture);
  return { ...made, address: URL.createObjectURL(made.picture), width, height };
}

/** The page may show it until its next paint. */
export const letGo = (shown: Shown) => setTimeout(() => URL.revokeObjectURL(shown.address), 1000);

async function measured(picture: Blob): Promise<{ width: number; height: number }> {
  // The size of a PNG stands at its beginning; the studio answers with nothing else.
  const head = new DataView(await picture.slice(0, 24).arrayBuffer());
  return { width: head.getUint32(16), height: head.getUint32(20) };
}

function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gives no canvas.");
  return [canvas, context];
}

const toBlob = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser gave no picture."))), "image/png");
  });

/** Before on the left, after on the right, of equal height. */
export async function sideBySide(before: Blob, after: Blob): Promise<Blob> {
  const [left, right] = await Promise.all([createImageBitmap(before), createImageBitmap(after)]);
  const height = Math.max(left.height, right.height);
  const widths = [left, right].map((each) => Math.round((each.width * height) / each.height)) as [number, number];
  const [canvas, context] = canvasOf(widths[0] + widths[1], height);
  context.drawImage(left, 0, 0, widths[0], height);
  context.drawImage(right, widths[0], 0, widths[1], height);
  return toBlob(canvas);
}

// From cold to hot; how much of it is seen grows with the heat, so that the picture stays in sight.
const HEAT: [number, number, number][] = [
  [32, 18, 110],
  [120, 28, 140],
  [214, 60, 92],
  [247, 136, 48],
  [255, 226, 92],
];

/** A grey map, white where the model looks most → colours over nothing. */
export async function coloured(map: MadePicture): Promise<Shown> {
  const grey = await createImageBitmap(map.picture);
  const [canvas, context] = canvasOf(grey.width, grey.height);
  context.drawImage(grey, 0, 0);
  const pixels = context.getImageData(0, 0, grey.width, grey.height);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    const heat = (data[i] ?? 0) / 255;
    const place = heat * (HEAT.length - 1);
    const [cold, warm] = [HEAT[Math.floor(place)], HEAT[Math.min(Math.floor(place) + 1, HEAT.length - 1)]];
    for (let channel = 0; channel < 3; channel++) {
      const [from, to] = [cold?.[channel] ?? 0, warm?.[channel] ?? 0];
      data[i + channel] = from + (to - from) * (place % 1);
    }
    data[i + 3] = 255 * Math.min(1, 0.25 + heat);
  }
  context.putImageData(pixels, 0, 0);
  return toShown({ ...map, picture: await toBlob(canvas) });
}
