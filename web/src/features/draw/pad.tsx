// The paper: a pen that keeps up with the hand. It paints while the pointer moves; React hears of whole strokes only.
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { type Dot, type Drawing, fine, type Ink, paint, paintEnd, paintPiece, type Stroke } from "./marks";
import styles from "./pad.module.css";
import portraitStyles from "./portrait.module.css";

export const SIDE = 1024; // pixels of the paper itself, whatever its size on the page
const PALM_MILLISECONDS = 1000; // after the pen, touches are the hand that holds it

export type Tool = "pen" | "eraser";

export function Pad({
  layer,
  paper,
  drawing,
  tool,
  width,
  mirrored = false,
  colour,
  name,
  under,
  changing,
  finished,
}: {
  layer: RefObject<HTMLCanvasElement | null>;
  paper: HTMLCanvasElement | null;
  drawing: Drawing;
  tool: Tool;
  width: number;
  mirrored?: boolean;
  colour: string;
  name: string;
  /** Pictures between the paper and the ink. */
  under?: ReactNode;
  changing: () => void;
  finished: (stroke: Stroke) => void;
}) {
  const ground = useRef<HTMLCanvasElement>(null);
  const stroke = useRef<{ pointer: number; stroke: Stroke } | null>(null);
  const ink: Ink = { colour, side: SIDE };
  // Handlers are attached once, by hand: React would make the listeners passive and one frame late.
  const now = useRef({ tool, width, mirrored, ink, changing, finished });
  now.current = { tool, width, mirrored, ink, changing, finished };

  useLayoutEffect(() => {
    const context = layer.current?.getContext("2d");
    if (context) paint(context, drawing.marks, { colour, side: SIDE });
  }, [drawing, colour, layer]);

  useLayoutEffect(() => {
    const context = ground.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, SIDE, SIDE);
    if (paper) context.drawImage(paper, 0, 0, SIDE, SIDE);
  }, [paper]);

  useEffect(() => {
    const canvas = layer.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;

    const dotOf = (event: PointerEvent, box: DOMRect): Dot => ({
      x: fine.place((event.clientX - box.left) / box.width),
      y: fine.place((event.clientY - box.top) / box.height),
      weight: event.pointerType === "pen" && event.pressure > 0 ? fine.weight(0.4 + 1.2 * event.pressure) : 1,
    });
    const put = (dot: Dot) => {
      const held = stroke.current?.stroke;
      if (!held) return;
      const last = held.dots.at(-1);
      if (last && Math.hypot(last.x - dot.x, last.y - dot.y) < 0.0015) return;
      // A hand presses evenly and a sensor reports in jumps: the width follows slowly.
      held.dots.push(last ? { ...dot, weight: fine.weight(0.65 * last.weight + 0.35 * dot.weight) } : dot);
      paintPiece(context, held, held.dots.length - 1, now.current.ink);
    };
    let penAt = Number.NEGATIVE_INFINITY;
    const down = (event: PointerEvent) => {
      if (stroke.current || event.button > 0) return;
      if (event.pointerType === "pen") penAt = event.timeStamp;
      else if (event.pointerType === "touch" && event.timeStamp - penAt < PALM_MILLISECONDS) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      // The other end of a stylus is an eraser.
      const erases = now.current.tool === "eraser" || (event.buttons & 32) !== 0;
      const begun: Stroke = {
        kind: "stroke",
        tool: erases ? "eraser" : "pen",
        width: fine.width(now.current.width * (erases ? 3 : 1)),
        dots: [],
        ...(now.current.mirrored ? { mirrored: true } : {}),
      };
      stroke.current = { pointer: event.pointerId, stroke: begun };
      put(dotOf(event, canvas.getBoundingClientRect()));
      now.current.changing();
    };
    const move = (event: PointerEvent) => {
      if (stroke.current?.pointer !== event.pointerId) return;
      const box = canvas.getBoundingClientRect();
      const events = event.getCoalescedEvents?.() ?? [];
      for (const each of events.length ? events : [event]) put(dotOf(each, box));
      now.current.changing();
    };
    const up = (event: PointerEvent) => {
      const held = stroke.current;
      if (held?.pointer !== event.pointerId) return;
      stroke.current = null;
      if (event.pointerType === "pen") penAt = event.timeStamp;
      paintEnd(context, held.stroke, now.current.ink);
      now.current.finished(held.stroke);
    };
    canvas.addEventListener("pointerdown", down);
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    return () => {
      canvas.removeEventListener("pointerdown", down);
      canvas.removeEventListener("pointermove", move);
      canvas.removeEventListener("pointerup", up);
      canvas.removeEventListener("pointercancel", up);
    };
  }, [layer]);

  return (
    <div className={portraitStyles.paper} data-testid="paper" data-mirrored={mirrored || undefined}>
      <div aria-hidden="true">
        <canvas ref={ground} width={SIDE} height={SIDE} />
      </div>
      {under}
      <canvas
        ref={layer}
        width={SIDE}
        height={SIDE}
        className={styles.paperInk}
        data-testid="ink"
        role="img"
        aria-label={name}
        data-tool={tool}
        tabIndex={0}
      />
    </div>
  );
}
