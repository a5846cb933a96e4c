// A simple face to start from, as strokes: each can be undone or rubbed out like one's own.
import type { Dot, Stroke } from "./marks";

type Line = (t: number) => [number, number];

const arc =
  (x: number, y: number, rx: number, ry: number, from: number, to: number): Line =>
  (t) => {
    const angle = (from + (to - from) * t) * 2 * Math.PI;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  };

const LINES: [Line, number][] = [
  [arc(0.5, 0.5, 0.235, 0.31, -0.02, 0.52), 40], // jaw
  [arc(0.5, 0.46, 0.3, 0.36, 0.47, 1.03), 40], // hair, outside
  [arc(0.5, 0.48, 0.23, 0.2, 0.53, 0.97), 30], // hairline
  [arc(0.41, 0.49, 0.045, 0.02, 0, 1), 16],
  [arc(0.59, 0.49, 0.045, 0.02, 0, 1), 16],
  [arc(0.41, 0.49, 0.014, 0.014, 0, 1), 10],
  [arc(0.59, 0.49, 0.014, 0.014, 0, 1), 10],
  [arc(0.41, 0.455, 0.06, 0.03, 0.56, 0.94), 12], // brows
  [arc(0.59, 0.455, 0.06, 0.03, 0.56, 0.94), 12],
  [arc(0.5, 0.575, 0.035, 0.02, 0.02, 0.48), 12], // nose
  [arc(0.5, 0.655, 0.075, 0.035, 0.03, 0.47), 16], // mouth
  [arc(0.5, 0.665, 0.075, 0.018, 0.54, 0.96), 16],
  [(t) => [0.42 - 0.02 * t * t, 0.79 + 0.13 * t], 8], // neck
  [(t) => [0.58 + 0.02 * t * t, 0.79 + 0.13 * t], 8],
  [(t) => [0.4 - 0.25 * t, 0.92 + 0.07 * t * t], 10], // shoulders
  [(t) => [0.6 + 0.25 * t, 0.92 + 0.07 * t * t], 10],
];

/** The same face where models that look for eyes and mouth at fixed places expect them: nearer, and higher up. */
const near = ([x, y]: [number, number]): [number, number] => [
  0.5 + (x - 0.5) * 1.5,
  0.4375 + (y - 0.49) * (y < 0.49 ? 1.12 : 1.65),
];

export function starterFace(width: number, fixedPlaces: boolean): Stroke[] {
  return LINES.map(([line, steps]) => ({
    kind: "stroke",
    tool: "pen",
    width,
    dots: Array.from({ length: steps + 1 }, (_, i): Dot => {
      const [x, y] = fixedPlaces ? near(line(i / steps)) : line(i / steps);
      return { x, y, weight: 1 };
    }),
  }));
}
