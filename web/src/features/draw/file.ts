// Drawings as files: the strokes themselves, in the format that src/ganvas/curate/drawings.py describes.
import { type Dot, fine, type Mark, type Stroke, visible } from "./marks";
import { SIDE } from "./pad";

const FORMAT = "ganvas-drawing";
const VERSION = 1;

type Written =
  | { tool: "picture"; picture: string }
  | { tool: "pen" | "eraser"; width: number; dots: number[][]; mirrored?: boolean };

function written(mark: Mark): Written[] {
  if (mark.kind === "clear") return [];
  if (mark.kind === "picture") return [{ tool: "picture", picture: mark.picture.toDataURL("image/png") }];
  return [
    {
      tool: mark.tool,
      width: fine.width(mark.width),
      dots: mark.dots.map((dot) => [fine.place(dot.x), fine.place(dot.y), fine.weight(dot.weight)]),
      ...(mark.mirrored ? { mirrored: true } : {}),
    },
  ];
}

/** What can be seen of a drawing, as a file tells it. */
export const told = (marks: readonly Mark[]) => ({
  format: FORMAT,
  version: VERSION,
  marks: visible(marks).flatMap(written),
});

/** What can be seen of a drawing, as the content of a file. */
export const toFile = (marks: readonly Mark[]): string => `${JSON.stringify(told(marks))}\n`;

export type Refusal = "none" | "newer" | "damaged";

export class UnreadableDrawing extends Error {
  readonly why: Refusal;

  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

const isNumber = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && value >= least && value <= most;

function dotOf(told: unknown): Dot {
  if (!Array.isArray(told)) throw new UnreadableDrawing("damaged");
  const [x, y, weight = 1] = told as unknown[];
  if (!isNumber(x, -1, 9) || !isNumber(y, -1, 9) || !isNumber(weight, -1, 9)) throw new UnreadableDrawing("damaged");
  return { x, y, weight };
}

async function pictureOf(address: unknown): Promise<HTMLCanvasElement> {
  if (typeof address !== "string" || !address.startsWith("data:image/png;base64,"))
    throw new UnreadableDrawing("damaged");
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    throw new UnreadableDrawing("damaged");
  }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(SIDE, Math.max(1, image.naturalWidth));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function markOf(told: Record<string, unknown>): Promise<Mark> {
  if (told.tool === "picture") return { kind: "picture", picture: await pictureOf(told.picture) };
  if ((told.tool !== "pen" && told.tool !== "eraser") || !isNumber(told.width, 0, 1) || !Array.isArray(told.dots))
    throw new UnreadableDrawing("damaged");
  const stroke: Stroke = { kind: "stroke", tool: told.tool, width: told.width, dots: told.dots.map(dotOf) };
  return told.mirrored === true ? { ...stroke, mirrored: true } : stroke;
}

/** The marks of a file. @throws UnreadableDrawing when it holds none that can be drawn. */
export async function fromFile(text: string): Promise<Mark[]> {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw new UnreadableDrawing("none");
  }
  return marksOf(told);
}

/** The marks that a file tells of, once it is read as JSON. @throws UnreadableDrawing likewise. */
export async function marksOf(told: unknown): Promise<Mark[]> {
  if (!told || typeof told !== "object" || !("format" in told) || told.format !== FORMAT)
    throw new UnreadableDrawing("none");
  if (!("version" in told) || told.version !== VERSION) throw new UnreadableDrawing("newer");
  if (!("marks" in told) || !Array.isArray(told.marks)) throw new UnreadableDrawing("none");
  return Promise.all(told.marks.map((mark) => markOf((mark ?? {}) as Record<string, unknown>)));
}
