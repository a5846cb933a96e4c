// Moving, scaling and turning the picture: one pointer drags, two pinch and turn, the wheel scales, keys do all of it.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";
import { bounded, type Placement } from "./design";

type Point = { x: number; y: number };
const STEP = { move: 0.5, far: 5, scale: 1.04, turn: 2 };

export function useMove(placement: Placement, place: (next: Placement) => void, width: number) {
  const surface = useRef<SVGSVGElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const latest = useRef({ placement, place });
  latest.current = { placement, place };
  const change = (next: Partial<Placement>) => {
    const moved = bounded({ ...latest.current.placement, ...next });
    latest.current.placement = moved;
    latest.current.place(moved);
  };
  const latestChange = useRef(change);
  latestChange.current = change;

  useEffect(() => {
    const element = surface.current;
    // React's wheel listener is passive: it could not keep the page from scrolling.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      latestChange.current({ scale: latest.current.placement.scale * Math.exp(-event.deltaY / 600) });
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);

  const down = (event: PointerEvent<SVGSVGElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const { dx, dy, scale, turn } = latest.current.placement;
    const perPixel = width / event.currentTarget.getBoundingClientRect().width;
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    const share = other ? 0.5 : 1; // two pointers move the picture by the mean of their ways
    const shift = { dx: dx + (now.x - before.x) * perPixel * share, dy: dy + (now.y - before.y) * perPixel * share };
    if (!other) return change(shift);
    const [was, is] = [between(other, before), between(other, now)];
    change({ ...shift, scale: (scale * is.length) / Math.max(was.length, 1), turn: turn + is.angle - was.angle });
  };
  const up = (event: PointerEvent<SVGSVGElement>) => void pointers.current.delete(event.pointerId);
  const keys = (event: KeyboardEvent) => {
    const { dx, dy, scale, turn } = latest.current.placement;
    const step = event.shiftKey ? STEP.far : STEP.move;
    const moves: Record<string, Partial<Placement>> = {
      ArrowLeft: { dx: dx - step },
      ArrowRight: { dx: dx + step },
      ArrowUp: { dy: dy - step },
      ArrowDown: { dy: dy + step },
      "+": { scale: scale * STEP.scale },
      "=": { scale: scale * STEP.scale },
      "-": { scale: scale / STEP.scale },
      "[": { turn: turn - STEP.turn },
      "]": { turn: turn + STEP.turn },
    };
    const wanted = moves[event.key];
    if (!wanted || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    change(wanted);
  };
  return {
    surface,
    handlers: { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up, onKeyDown: keys },
  };
}

function between(one: Point, other: Point) {
  const [x, y] = [other.x - one.x, other.y - one.y];
  return { length: Math.hypot(x, y), angle: (Math.atan2(y, x) * 180) / Math.PI };
}
