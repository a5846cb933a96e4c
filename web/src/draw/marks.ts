// A drawing is a list of marks; pixels are only what the marks look like. Places and widths are shares of the side.

export type Dot = { x: number; y: number; weight: number };
export type Stroke = { kind: "stroke"; tool: "pen" | "eraser"; width: number; dots: Dot[] };
export type Mark = Stroke | { kind: "picture"; picture: CanvasImageSource } | { kind: "clear" };

export type Drawing = { marks: readonly Mark[]; undone: readonly Mark[] };

export const EMPTY: Drawing = { marks: [], undone: [] };

export function add(drawing: Drawing, ...marks: Mark[]): Drawing {
  return { marks: [...drawing.marks, ...marks], undone: [] };
}

export function undo(drawing: Drawing): Drawing {
  const last = drawing.marks.at(-1);
  return last ? { marks: drawing.marks.slice(0, -1), undone: [...drawing.undone, last] } : drawing;
}

export function redo(drawing: Drawing): Drawing {
  const last = drawing.undone.at(-1);
  return last ? { marks: [...drawing.marks, last], undone: drawing.undone.slice(0, -1) } : drawing;
}

/** Nothing to see: no marks, or a clear after them. */
export function isBlank(drawing: Drawing): boolean {
  const last = drawing.marks.at(-1);
  return !last || last.kind === "clear";
}

export type Ink = { colour: string; side: number };

function take(context: CanvasRenderingContext2D, stroke: Stroke, ink: Ink): void {
  context.globalCompositeOperation = stroke.tool === "eraser" ? "destination-out" : "source-over";
  context.strokeStyle = ink.colour;
  context.fillStyle = ink.colour;
  context.lineCap = "round";
  context.lineJoin = "round";
}

/**
 * Paints the piece of a stroke that dot `index` completes: a quadratic curve from the middle before the previous
 * dot to the middle after it, so that pieces join smoothly and each can be painted as soon as it is known.
 */
export function paintPiece(context: CanvasRenderingContext2D, stroke: Stroke, index: number, ink: Ink): void {
  const { side } = ink;
  const dot = stroke.dots[index];
  if (!dot) return;
  take(context, stroke, ink);
  context.lineWidth = stroke.width * side * dot.weight;
  context.beginPath();
  const previous = stroke.dots[index - 1];
  if (!previous) {
    context.arc(dot.x * side, dot.y * side, context.lineWidth / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  const before = stroke.dots[index - 2] ?? previous;
  context.moveTo(((before.x + previous.x) / 2) * side, ((before.y + previous.y) / 2) * side);
  context.quadraticCurveTo(
    previous.x * side,
    previous.y * side,
    ((previous.x + dot.x) / 2) * side,
    ((previous.y + dot.y) / 2) * side,
  );
  context.stroke();
}

/** The last half piece, to where the pointer was lifted. */
export function paintEnd(context: CanvasRenderingContext2D, stroke: Stroke, ink: Ink): void {
  const [previous, last] = [stroke.dots.at(-2), stroke.dots.at(-1)];
  if (!previous || !last) return;
  take(context, stroke, ink);
  context.lineWidth = stroke.width * ink.side * last.weight;
  context.beginPath();
  context.moveTo(((previous.x + last.x) / 2) * ink.side, ((previous.y + last.y) / 2) * ink.side);
  context.lineTo(last.x * ink.side, last.y * ink.side);
  context.stroke();
}

/** Paints a whole drawing onto an empty layer. */
export function paint(context: CanvasRenderingContext2D, marks: readonly Mark[], ink: Ink): void {
  context.globalCompositeOperation = "source-over";
  context.clearRect(0, 0, ink.side, ink.side);
  const begin = marks.findLastIndex((mark) => mark.kind === "clear") + 1;
  for (const mark of marks.slice(begin)) {
    if (mark.kind === "picture") {
      context.globalCompositeOperation = "source-over";
      context.drawImage(mark.picture, 0, 0, ink.side, ink.side);
    } else if (mark.kind === "stroke") {
      mark.dots.forEach((_, index) => {
        paintPiece(context, mark, index, ink);
      });
      paintEnd(context, mark, ink);
    }
  }
}
