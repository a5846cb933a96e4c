// Pictures as the numbers that graphs take and give: float32, channel by channel, from -1 to 1.

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("The browser gives no canvas.");
  return context;
}

/** Grey is that of ITU-R 601, as in the training. */
export function toSource({ data }: Pick<ImageData, "data">, channels: number): Float32Array {
  const count = data.length / 4;
  const source = new Float32Array(channels * count);
  for (let i = 0; i < count; i++) {
    const [r = 0, g = 0, b = 0] = data.subarray(4 * i, 4 * i + 3);
    if (channels === 1) source[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b) / 127.5 - 1;
    else {
      source[i] = r / 127.5 - 1;
      source[count + i] = g / 127.5 - 1;
      source[2 * count + i] = b / 127.5 - 1;
    }
  }
  return source;
}

/** Red, green, blue and opacity of an output [channels, side, side]. */
export function toPixels(output: Float32Array, channels: number): Uint8ClampedArray<ArrayBuffer> {
  const count = output.length / channels;
  const pixels = new Uint8ClampedArray(4 * count);
  const level = (channel: number, i: number) => Math.round(((output[channel * count + i] ?? 0) + 1) * 127.5);
  for (let i = 0; i < count; i++) {
    for (let colour = 0; colour < 3; colour++) pixels[4 * i + colour] = level(channels === 1 ? 0 : colour, i);
    pixels[4 * i + 3] = channels === 4 ? level(3, i) : 255;
  }
  return pixels;
}

export function sourceOf(canvas: HTMLCanvasElement, channels: number): Float32Array {
  return toSource(contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height), channels);
}

export function canvasOf(output: Float32Array, shape: readonly number[]): HTMLCanvasElement {
  const [, channels = 3, height = 1, width = 1] = shape;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  contextOf(canvas).putImageData(new ImageData(toPixels(output, channels), width, height), 0, 0);
  return canvas;
}
