// Pictures of the user's own: read, made square as the model was trained, and, for sketches, turned into lines.

/** @throws when the browser cannot read the file as a picture. */
export async function readPicture(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file, { imageOrientation: "from-image" });
}

function canvasOf(side: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("The browser gives no canvas.");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  return [canvas, context];
}

/** The middle square of a picture, `side` pixels wide. */
export function square(picture: ImageBitmap, side: number): HTMLCanvasElement {
  const [canvas, context] = canvasOf(side);
  const edge = Math.min(picture.width, picture.height);
  const [left, top] = [(picture.width - edge) / 2, (picture.height - edge) / 2];
  context.drawImage(picture, left, top, edge, edge, 0, 0, side, side);
  return canvas;
}

function blurred(values: Float32Array, side: number, sigma: number): Float32Array {
  const radius = Math.max(1, Math.floor(3 * sigma + 0.5));
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = taps.reduce((a, b) => a + b, 0);
  const clamp = (i: number) => Math.min(Math.max(i, 0), side - 1);
  const pass = (from: Float32Array, place: (line: number, i: number) => number) => {
    const into = new Float32Array(from.length);
    for (let line = 0; line < side; line++) {
      for (let i = 0; i < side; i++) {
        let value = 0;
        for (let t = -radius; t <= radius; t++)
          value += (taps[t + radius] ?? 0) * (from[place(line, clamp(i + t))] ?? 0);
        into[place(line, i)] = value / sum;
      }
    }
    return into;
  };
  return pass(
    pass(values, (y, x) => y * side + x),
    (x, y) => y * side + x,
  );
}

/**
 * A photo as pencil lines on nothing: extended differences of Gaussians, with the middle of the settings that the
 * models' `sketch` degradation draws from, so that the lines look like those the model learned from.
 */
export function sketched(picture: ImageBitmap, side: number): HTMLCanvasElement {
  const canvas = square(picture, side);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const pixels = context.getImageData(0, 0, side, side);
  const { data } = pixels;
  const grey = new Float32Array(side * side);
  for (let i = 0; i < grey.length; i++) {
    const [r, g, b] = [data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0];
    grey[i] = (0.299 * r + 0.587 * g + 0.114 * b) / 255;
  }
  const sigma = 1.075 * (0.55 + (side / 256) * 0.5);
  const [narrow, wide] = [blurred(grey, side, sigma), blurred(grey, side, 1.6 * sigma)];
  for (let i = 0; i < grey.length; i++) {
    const edge = 18 * (narrow[i] ?? 0) - 17 * (wide[i] ?? 0);
    const ink = edge >= 0.37 ? 1 : 1 + Math.tanh(9 * (edge - 0.37));
    data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = 0;
    data[4 * i + 3] = Math.round(255 * (1 - Math.max(0, ink)));
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

export function toBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser gave no picture."))), "image/png");
  });
}

/** The drawing as the model takes it: ink over paper, `side` pixels wide. */
export function flattened(ink: HTMLCanvasElement, paper: HTMLCanvasElement | null, side: number): HTMLCanvasElement {
  const [canvas, context] = canvasOf(side);
  if (paper) context.drawImage(paper, 0, 0, side, side);
  context.drawImage(ink, 0, 0, side, side);
  return canvas;
}

/** Grey lines on white as ink on nothing, so that they can lie over and under other ink. */
export function asInk(lines: ImageBitmap, side: number): HTMLCanvasElement {
  const canvas = square(lines, side);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const pixels = context.getImageData(0, 0, side, side);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    data[i + 3] = 255 - (data[i] ?? 255);
    data[i] = data[i + 1] = data[i + 2] = 0;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** Drawing and result as one picture, the drawing at the left. */
export async function besideEachOther(drawing: HTMLCanvasElement, result: Blob): Promise<Blob> {
  const picture = await createImageBitmap(result);
  const side = Math.max(512, picture.width);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * side, side];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gives no canvas.");
  context.imageSmoothingQuality = "high";
  context.drawImage(drawing, 0, 0, side, side);
  context.drawImage(picture, side, 0, side, side);
  return toBlob(canvas);
}
