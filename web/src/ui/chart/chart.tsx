// One chart: curves over kimg, with a cursor that the mouse, a finger or the arrow keys move.
import { useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { figure, kimg } from "../../i18n/numbers";
import { useWords as useSharedWords } from "../../i18n/provider";
import { linear, logarithmic } from "./scale";
import { nearest, type Point, type Series, smoothed, termOf, thinned } from "./series";
import { useWords } from "./words";

const HEIGHT = 220;
const EDGE = { top: 10, right: 10, bottom: 26, left: 46 };

/** D's curves are cool and G's are warm, on every chart alike. */
function colours(series: readonly Series[]): string[] {
  const used = { D: 0, G: 0, other: 0 };
  return series.map(({ key }) => {
    const side = key.startsWith("D") ? "D" : key.startsWith("G") ? "G" : "other";
    return `var(--curve-${side === "other" ? "o" : side.toLowerCase()}${used[side]++ % 4})`;
  });
}

function path(points: readonly Point[], x: (v: number) => number, y: (v: number) => number): string {
  return points.map((p, i) => `${i ? "L" : "M"}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join("");
}

export function Chart({
  title,
  series,
  smoothing,
  log,
  cursor,
  point,
  includes = [],
}: {
  title: string;
  series: Series[];
  smoothing: number;
  log: boolean;
  cursor: number | null;
  point: (kimg: number | null) => void;
  /** Values that the axis shows even where no curve reaches them. */
  includes?: readonly number[];
}) {
  const words = useWords();
  const { units } = useSharedWords();
  const heading = useId().replace(/[^\w-]/g, "");
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(200, entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const curves = useMemo(() => {
    const inks = colours(series);
    return series.map((one, index) => {
      const raw = log ? one.points.filter((p) => p.y > 0) : one.points;
      const smooth = smoothed(raw, smoothing);
      return { key: one.key, ink: inks[index] ?? "", smooth, raw: thinned(raw), line: thinned(smooth) };
    });
  }, [series, smoothing, log]);
  const shown = curves.filter((curve) => !hidden.has(curve.key));

  const xs = curves.flatMap((curve) => [curve.smooth[0]?.x ?? 0, curve.smooth.at(-1)?.x ?? 0]);
  const ys = shown.flatMap((curve) => (smoothing > 0 ? curve.line : curve.raw).map((p) => p.y));
  if (!log) ys.push(...includes);
  const [low, high] = ys.length ? [Math.min(...ys), Math.max(...ys)] : [log ? 0.1 : 0, 1];
  const room = log ? 0 : (high - low) * 0.06;
  const right = width - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const x = linear(Math.min(...xs, 0), Math.max(...xs, 0.001), EDGE.left, right, width > 420 ? 6 : 4);
  const y = log ? logarithmic(low, high, bottom, EDGE.top) : linear(low - room, high + room, bottom, EDGE.top, 4);

  const times = useMemo(
    () => [...new Set(series.flatMap((s) => s.points.map((p) => p.x)))].sort((a, b) => a - b),
    [series],
  );
  const here = cursor ?? times.at(-1) ?? 0;
  const reading = curves.map((curve) => ({ ...curve, at: nearest(curve.smooth, here) }));
  const spoken = `${units.kimg(kimg(here))}: ${reading
    .filter((curve) => !hidden.has(curve.key) && curve.at)
    .map((curve) => `${curve.key} ${figure(curve.at?.y ?? 0)}`)
    .join(", ")}`;

  const follow = (event: React.PointerEvent<SVGSVGElement>) => {
    const place = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const share = (place - EDGE.left) / (right - EDGE.left);
    const [first, last] = [Math.min(...xs, 0), Math.max(...xs, 0.001)];
    const aimed = first + Math.min(Math.max(share, 0), 1) * (last - first);
    point(
      nearest(
        times.map((t) => ({ x: t, y: 0 })),
        aimed,
      )?.x ?? null,
    );
  };
  const turn = (event: React.KeyboardEvent) => {
    const index = times.indexOf(
      nearest(
        times.map((t) => ({ x: t, y: 0 })),
        here,
      )?.x ?? 0,
    );
    const leap = Math.max(1, Math.round(times.length / 10));
    const to: Record<string, number> = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      PageDown: index - leap,
      PageUp: index + leap,
      Home: 0,
      End: times.length - 1,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    point(times[Math.min(Math.max(next, 0), times.length - 1)] ?? null);
  };

  const terms = [...new Set(series.map((one) => termOf(one.key)))].filter((term) => words.terms[term]);
  return (
    <section className="chart" aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      <ul className="legend">
        {reading.map((curve) => (
          <li key={curve.key}>
            <button
              type="button"
              className="legend-entry"
              aria-pressed={!hidden.has(curve.key)}
              onClick={() =>
                setHidden((old) => {
                  const next = new Set(old);
                  if (!next.delete(curve.key)) next.add(curve.key);
                  return next;
                })
              }
            >
              <span className="swatch" style={{ background: curve.ink }} />
              <span>{curve.key}</span>
              <span className="figures">{curve.at ? figure(curve.at.y) : "–"}</span>
            </button>
          </li>
        ))}
      </ul>
      <div
        ref={box}
        className="chart-box"
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={times[0] ?? 0}
        aria-valuemax={times.at(-1) ?? 0}
        aria-valuenow={here}
        aria-valuetext={spoken}
        onKeyDown={turn}
        onBlur={() => point(null)}
      >
        <svg
          width={width}
          height={HEIGHT}
          aria-hidden="true"
          onPointerMove={follow}
          onPointerDown={follow}
          onPointerLeave={() => point(null)}
        >
          {y.ticks.map((tick) => (
            <g key={tick} className="tick">
              <line x1={EDGE.left} x2={right} y1={y.place(tick)} y2={y.place(tick)} />
              <text x={EDGE.left - 8} y={y.place(tick)} textAnchor="end" dominantBaseline="middle">
                {figure(tick)}
              </text>
            </g>
          ))}
          {x.ticks.map((tick) => (
            <text key={tick} className="tick" x={x.place(tick)} y={HEIGHT - 6} textAnchor="middle">
              {kimg(tick)}
            </text>
          ))}
          <clipPath id={`${heading}-area`}>
            <rect
              x={EDGE.left}
              y={EDGE.top - 4}
              width={Math.max(0, right - EDGE.left + 4)}
              height={bottom - EDGE.top + 8}
            />
          </clipPath>
          {smoothing > 0 &&
            shown.map((curve) => (
              <path
                key={curve.key}
                d={path(curve.raw, x.place, y.place)}
                className="curve-raw"
                stroke={curve.ink}
                clipPath={`url(#${heading}-area)`}
              />
            ))}
          {shown.map((curve) => (
            <path
              key={curve.key}
              data-series={curve.key}
              d={path(curve.line, x.place, y.place)}
              className="curve"
              stroke={curve.ink}
            />
          ))}
          {cursor !== null && (
            <g className="cursor">
              <line x1={x.place(cursor)} x2={x.place(cursor)} y1={EDGE.top} y2={bottom} />
              {reading.map(
                (curve) =>
                  curve.at &&
                  !hidden.has(curve.key) && (
                    <circle
                      key={curve.key}
                      cx={x.place(curve.at.x)}
                      cy={y.place(curve.at.y)}
                      r="3.5"
                      fill={curve.ink}
                    />
                  ),
              )}
            </g>
          )}
        </svg>
        <p className="chart-at figures" aria-hidden="true">
          {cursor === null ? "kimg" : words.at(kimg(cursor))}
        </p>
      </div>
      {terms.length > 0 && (
        <details className="means">
          <summary>{words.means}</summary>
          <dl>
            {terms.map((term) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{words.terms[term]}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
