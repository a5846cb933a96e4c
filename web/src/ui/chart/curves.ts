// What a chart draws: series smoothed, thinned and coloured, and the scales of its axes.
import { linear, logarithmic, type Scale } from "./scale";
import { nearest, type Point, type Series, smoothed, thinned } from "./series";

export type Curve = { key: string; colour: string; smooth: Point[]; raw: Point[]; line: Point[] };

/** A curve with its point at the cursor. */
export type Reading = Curve & { at: Point | undefined };

/** Pixels around the area of the curves. */
export const EDGE = { top: 10, right: 10, bottom: 26, left: 46 };
export const HEIGHT = 220;

/** The curves of D have cool colours and those of G warm ones, on every chart alike. */
function coloursOf(series: readonly Series[]): string[] {
  const used = { D: 0, G: 0, other: 0 };
  return series.map(({ key }) => {
    const side = key.startsWith("D") ? "D" : key.startsWith("G") ? "G" : "other";
    return `var(--curve-${side === "other" ? "o" : side.toLowerCase()}${used[side]++ % 4})`;
  });
}

export function curvesOf(series: readonly Series[], smoothing: number, log: boolean): Curve[] {
  const colours = coloursOf(series);
  return series.map(({ key, points }, index) => {
    const positive = log ? points.filter(({ y }) => y > 0) : points;
    const smooth = smoothed(positive, smoothing);
    return { key, colour: colours[index] ?? "", smooth, raw: thinned(positive), line: thinned(smooth) };
  });
}

/** The first and the last moment of the curves, in thousands of pictures. */
export function rangeOf(curves: readonly Curve[]): [first: number, last: number] {
  const ends = curves.flatMap(({ smooth }) => [smooth[0]?.x ?? 0, smooth.at(-1)?.x ?? 0]);
  return [Math.min(...ends, 0), Math.max(...ends, 0.001)];
}

/** The scales of both axes. `includes` are values that the vertical axis shows even where no curve reaches them. */
export function scalesOf(
  curves: readonly Curve[],
  shown: readonly Curve[],
  { smoothing, log, includes, width }: { smoothing: number; log: boolean; includes: readonly number[]; width: number },
): { x: Scale; y: Scale } {
  const values = shown.flatMap((curve) => (smoothing > 0 ? curve.line : curve.raw).map(({ y }) => y));
  if (!log) values.push(...includes);
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [log ? 0.1 : 0, 1];
  const room = log ? 0 : (high - low) * 0.06;
  const bottom = HEIGHT - EDGE.bottom;
  return {
    x: linear(...rangeOf(curves), EDGE.left, width - EDGE.right, width > 420 ? 6 : 4),
    y: log ? logarithmic(low, high, bottom, EDGE.top) : linear(low - room, high + room, bottom, EDGE.top, 4),
  };
}

/** The moments of all series in ascending order. */
export const timesOf = (series: readonly Series[]): number[] =>
  [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);

/** The moment nearest to another. */
export const nearestTime = (times: readonly number[], time: number): number | undefined =>
  nearest(
    times.map((x) => ({ x, y: 0 })),
    time,
  )?.x;
