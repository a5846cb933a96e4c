import { useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { figure, kimg } from "../../i18n/numbers";
import { useWords as useSharedWords } from "../../i18n/provider";
import styles from "./chart.module.css";
import { curvesOf, nearestTime, rangeOf, scalesOf, timesOf } from "./curves";
import { Legend } from "./legend";
import { Meanings } from "./meanings";
import { Plot } from "./plot";
import { nearest, type Series } from "./series";
import { useWords } from "./words";

const NO_VALUES: readonly number[] = [];

/** The width of an element in pixels, also after it changes. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(480);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(200, entry.contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

/** The moment that a key of a slider leads to; undefined for any other key. */
function moved(key: string, index: number, count: number): number | undefined {
  const leap = Math.max(1, Math.round(count / 10));
  const to: Record<string, number> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    PageDown: index - leap,
    PageUp: index + leap,
    Home: 0,
    End: count - 1,
  };
  const next = to[key];
  return next === undefined ? undefined : Math.min(Math.max(next, 0), count - 1);
}

/** One chart: curves over kimg, with a cursor that the mouse, a finger or the arrow keys move. */
export function Chart({
  title,
  series,
  smoothing,
  log,
  cursor,
  point,
  includes = NO_VALUES,
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
  const heading = useId();
  const { element, width } = useWidth();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const curves = useMemo(() => curvesOf(series, smoothing, log), [series, smoothing, log]);
  const times = useMemo(() => timesOf(series), [series]);
  const shown = curves.filter(({ key }) => !hidden.has(key));
  const { x, y } = scalesOf(curves, shown, { smoothing, log, includes, width });
  const here = cursor ?? times.at(-1) ?? 0;
  const reading = curves.map((curve) => ({ ...curve, at: nearest(curve.smooth, here) }));
  const visible = reading.filter(({ key }) => !hidden.has(key));
  const values = visible.flatMap(({ key, at }) => (at ? [`${key} ${figure(at.y)}`] : []));

  const follow = (share: number) => {
    const [first, last] = rangeOf(curves);
    point(nearestTime(times, first + Math.min(Math.max(share, 0), 1) * (last - first)) ?? null);
  };
  const turn = (event: React.KeyboardEvent) => {
    const next = moved(event.key, times.indexOf(nearestTime(times, here) ?? 0), times.length);
    if (next === undefined) return;
    event.preventDefault();
    point(times[next] ?? null);
  };
  const toggle = (key: string) =>
    setHidden((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });

  return (
    <section className={styles.chart} aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      <Legend reading={reading} hidden={hidden} toggle={toggle} />
      <div
        ref={element}
        className={styles.chartBox}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={times[0] ?? 0}
        aria-valuemax={times.at(-1) ?? 0}
        aria-valuenow={here}
        aria-valuetext={`${units.kimg(kimg(here))}: ${values.join(", ")}`}
        onKeyDown={turn}
        onBlur={() => point(null)}
      >
        <Plot
          width={width}
          x={x}
          y={y}
          curves={shown}
          reading={visible}
          cursor={cursor}
          hasRaw={smoothing > 0}
          follow={follow}
          leave={() => point(null)}
        />
        <p className={`${styles.chartAt} figures`} aria-hidden="true">
          {cursor === null ? "kimg" : words.at(kimg(cursor))}
        </p>
      </div>
      <Meanings series={series} />
    </section>
  );
}
