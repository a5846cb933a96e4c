// A drawing is a list of marks; pixels are only what the marks look like. Places and widths are shares of the side.

export type Dot = { x: number; y: number; weight: number };

const to = (digits: number) => (value: number) => Number(value.toFixed(digits));
/** As fine as a drawing is kept: what is drawn is what a file of it says, to the last pixel. */
export const fine = { place: to(4), weight: to(3), width: to(5) };

/** A mirrored stroke is drawn a second time, left and right exchanged. */
export type Stroke = {
  kind: "stroke";
  tool: "pen" | "eraser";
  width: number;
  dots: Dot[];
  mirrored?: boolean;
};
export type Mark = Stroke | { kind: "picture"; picture: HTMLCanvasElement } | { kind: "clear" };

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

/** What can be seen: the marks since the last clear. */
export function visible(marks: readonly Mark[]): readonly Mark[] {
  return marks.slice(marks.findLastIndex((mark) => mark.kind === "clear") + 1);
}

export type Ink = { colour: string; side: number };

function take(context: CanvasRenderingContext2D, stroke: Stroke, ink: Ink): void {
  context.globalCompositeOperation = stroke.tool === "eraser" ? "destination-out" : "source-over";
  context.strokeStyle = ink.colour;
  context.fillStyle = ink.colour;
  context.lineCap = "round";
  context.lineJoin = "round";
}

/** Where a dot stands on the paper: once, or on both sides. */
function sides(stroke: Stroke, side: number): ((dot: Dot) => [number, number])[] {
  const plain = (dot: Dot): [number, number] => [dot.x * side, dot.y * side];
  return stroke.mirrored ? [plain, (dot) => [(1 - dot.x) * side, dot.y * side]] : [plain];
}

/**
 * Paints the piece of a stroke that dot `index` completes: a quadratic curve from the middle before the previous
 * dot to the middle after it, so that pieces join smoothly and each can be painted as soon as it is known.
 */
export function paintPiece(context: CanvasRenderingContext2D, stroke: Stroke, index: number, ink: Ink): void {
  const dot = stroke.dots[index];
  if (!dot) return;
  take(context, stroke, ink);
  context.lineWidth = stroke.width * ink.side * dot.weight;
  const previous = stroke.dots[index - 1];
  for (const place of sides(stroke, ink.side)) {
    const [x, y] = place(dot);
    context.beginPath();
    if (!previous) {
      context.arc(x, y, context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    const [bendX, bendY] = place(previous);
    const [beforeX, beforeY] = place(stroke.dots[index - 2] ?? previous);
    context.moveTo((beforeX + bendX) / 2, (beforeY + bendY) / 2);
    context.quadraticCurveTo(bendX, bendY, (bendX + x) / 2, (bendY + y) / 2);
    context.stroke();
  }
}

/** The last half piece, to where the pointer was lifted. */
export function paintEnd(context: CanvasRenderingContext2D, stroke: Stroke, ink: Ink): void {
  const [previous, last] = [stroke.dots.at(-2), stroke.dots.at(-1)];
  if (!previous || !last) return;
  take(context, stroke, ink);
  context.lineWidth = stroke.width * ink.side * last.weight;
  for (const place of sides(stroke, ink.side)) {
    const [[fromX, fromY], [x, y]] = [place(previous), place(last)];
    context.beginPath();
    context.moveTo((fromX + x) / 2, (fromY + y) / 2);
    context.lineTo(x, y);
    context.stroke();
  }
}

/** Paints a whole drawing onto an empty layer. */
export function paint(context: CanvasRenderingContext2D, marks: readonly Mark[], ink: Ink): void {
  context.globalCompositeOperation = "source-over";
  context.clearRect(0, 0, ink.side, ink.side);
  for (const mark of visible(marks)) {
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
