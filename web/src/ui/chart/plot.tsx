import { useId } from "react";
import { figure, kimg } from "../../i18n/numbers";
import styles from "./chart.module.css";
import { type Curve, EDGE, HEIGHT, type Reading } from "./curves";
import type { Scale } from "./scale";
import type { Point } from "./series";

function pathOf(points: readonly Point[], { place: x }: Scale, { place: y }: Scale): string {
  return points.map((point, i) => `${i ? "L" : "M"}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`).join("");
}

const LABEL_HEIGHT = 14;

/** Curves of one point, which makes no line: a dot with its value beside it, where no other value stands. */
function SinglePoints({ curves, x, y }: { curves: readonly Curve[]; x: Scale; y: Scale }) {
  const taken: number[] = [];
  return curves.map(({ key, line: [only, ...others], colour }) => {
    if (!only || others.length > 0) return null;
    const [across, down] = [x.place(only.x), y.place(only.y)];
    const free = taken.every((other) => Math.abs(other - down) >= LABEL_HEIGHT);
    if (free) taken.push(down);
    return (
      <g key={key} className={styles.single}>
        <circle data-point={key} cx={across} cy={down} r="5" fill={colour} />
        {free && (
          <text x={across - 11} y={down} textAnchor="end" dominantBaseline="middle">
            {figure(only.y)}
          </text>
        )}
      </g>
    );
  });
}

/** The axes, the curves and the cursor of a chart. It is hidden from screen readers: the slider around it is not. */
export function Plot({
  width,
  x,
  y,
  curves,
  reading,
  cursor,
  hasRaw,
  follow,
  leave,
}: {
  width: number;
  x: Scale;
  y: Scale;
  curves: readonly Curve[];
  reading: readonly Reading[];
  cursor: number | null;
  /** Whether the curves before smoothing are drawn behind. */
  hasRaw: boolean;
  /** Called with the horizontal position of the pointer as a share of the area of the curves. */
  follow: (share: number) => void;
  leave: () => void;
}) {
  const clip = `${useId().replace(/[^\w-]/g, "")}-area`;
  const right = width - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const point = (event: React.PointerEvent<SVGSVGElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    follow((left - EDGE.left) / (right - EDGE.left));
  };
  return (
    <svg
      width={width}
      height={HEIGHT}
      aria-hidden="true"
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={leave}
    >
      {y.ticks.map((tick) => (
        <g key={tick} className={styles.tick}>
          <line x1={EDGE.left} x2={right} y1={y.place(tick)} y2={y.place(tick)} />
          <text x={EDGE.left - 8} y={y.place(tick)} textAnchor="end" dominantBaseline="middle">
            {figure(tick)}
          </text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <text key={tick} className={styles.tick} x={x.place(tick)} y={HEIGHT - 6} textAnchor="middle">
          {kimg(tick)}
        </text>
      ))}
      <clipPath id={clip}>
        <rect
          x={EDGE.left}
          y={EDGE.top - 4}
          width={Math.max(0, right - EDGE.left + 4)}
          height={bottom - EDGE.top + 8}
        />
      </clipPath>
      {hasRaw &&
        curves.map(({ key, raw, colour }) => (
          <path
            key={key}
            d={pathOf(raw, x, y)}
            className={styles.curveRaw}
            stroke={colour}
            clipPath={`url(#${clip})`}
          />
        ))}
      {curves.map(({ key, line, colour }) => (
        <path key={key} data-series={key} d={pathOf(line, x, y)} className={styles.curve} stroke={colour} />
      ))}
      <SinglePoints curves={curves} x={x} y={y} />
      {cursor !== null && (
        <g className={styles.cursor}>
          <line x1={x.place(cursor)} x2={x.place(cursor)} y1={EDGE.top} y2={bottom} />
          {reading.map(
            ({ key, at, colour }) =>
              at && <circle key={key} cx={x.place(at.x)} cy={y.place(at.y)} r="3.5" fill={colour} />,
          )}
        </g>
      )}
    </svg>
  );
}
