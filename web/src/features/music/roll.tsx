// The piano roll: time to the right, pitch upwards, a colour per track, and the line that moves while it plays.
import { memo, useEffect, useRef } from "react";
import { colourOf } from "./colours";
import styles from "./roll.module.css";
import { pitchName, type Score } from "./score";
import { type Playing, usePosition } from "./use-player";
import { useWords } from "./words";

const LEAST_ROWS = 24;

/** The pitches that are shown: those that sound, and at least two octaves. */
function rangeOf({ notes }: Score): [low: number, rows: number] {
  const pitches = notes.map(({ pitch }) => pitch);
  const low = notes.length ? Math.min(...pitches) : 48;
  const high = notes.length ? Math.max(...pitches) : 72;
  const missing = Math.max(0, LEAST_ROWS - (high - low + 5));
  const first = Math.max(0, low - 2 - Math.floor(missing / 2));
  return [first, high + 3 + Math.ceil(missing / 2) - first];
}

export function Roll({ score, heard, playing }: { score: Score; heard: readonly boolean[]; playing: Playing }) {
  const words = useWords();
  const [position, seek] = usePosition(playing);
  const area = useRef<HTMLDivElement>(null);
  const latest = useRef(seek);
  latest.current = seek;
  const { steps } = score;
  useEffect(() => {
    // By pointer; by keyboard the slider below does the same.
    const place = (event: PointerEvent) => {
      const box = area.current?.getBoundingClientRect();
      if (box) latest.current(Math.min(steps - 1, Math.max(0, ((event.clientX - box.left) / box.width) * steps)));
    };
    const element = area.current;
    element?.addEventListener("pointerdown", place);
    return () => element?.removeEventListener("pointerdown", place);
  }, [steps]);
  const share = Math.min(position / steps, 1);
  useEffect(() => {
    // A long piece is wider than the screen: the line stays in sight.
    const outer = area.current?.parentElement;
    if (!outer || !area.current || outer.scrollWidth <= outer.clientWidth) return;
    const line = area.current.offsetLeft + share * area.current.offsetWidth;
    if (line < outer.scrollLeft || line > outer.scrollLeft + outer.clientWidth - 24) outer.scrollLeft = line - 60;
  }, [share]);
  const [low, rows] = rangeOf(score);
  const octaves = Array.from({ length: rows }, (_, row) => low + row).filter(
    (pitch) => pitch % 12 === 0 && pitch < low + rows - 1,
  );
  const sounding = new Set(score.notes.map(({ track }) => track)).size;
  return (
    <div className={styles.frame}>
      <div className={styles.keys} aria-hidden="true">
        {octaves.map((pitch) => (
          <span key={pitch} style={{ bottom: `${((pitch - low) / rows) * 100}%` }}>
            {pitchName(pitch)}
          </span>
        ))}
      </div>
      <div className={styles.outer}>
        <div ref={area} className={styles.area} style={{ minWidth: `${steps * 3}px` }}>
          <Drawing score={score} heard={heard} low={low} rows={rows} name={words.roll(score.notes.length, sounding)} />
          <div className={styles.line} data-line={position} style={{ left: `${share * 100}%` }} />
        </div>
      </div>
    </div>
  );
}

const Drawing = memo(function Drawing({
  score,
  heard,
  low,
  rows,
  name,
}: {
  score: Score;
  heard: readonly boolean[];
  low: number;
  rows: number;
  name: string;
}) {
  const { notes, steps, beats, beatSteps, parts } = score;
  const columns = Array.from({ length: steps / beatSteps + 1 }, (_, beat) => beat);
  const lines = (every: (beat: number) => boolean) =>
    columns
      .filter(every)
      .map((beat) => `M${beat * beatSteps} 0v${rows}`)
      .join("");
  const octaves = Array.from({ length: rows }, (_, row) => row).filter((row) => (low + row) % 12 === 0);
  const pathOf = (track: number) =>
    notes
      .filter((note) => note.track === track)
      .map(({ pitch, start, length }) => `M${start} ${rows - (pitch - low) - 1}h${length - 0.12}v1h${0.12 - length}z`)
      .join("");
  return (
    <svg
      className={styles.drawing}
      viewBox={`0 0 ${steps} ${rows}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={name}
    >
      <path className={styles.beat} d={lines((beat) => beat % beats !== 0)} />
      <path className={styles.bar} d={lines((beat) => beat % beats === 0)} />
      <path className={styles.beat} d={octaves.map((row) => `M0 ${rows - row}h${steps}`).join("")} />
      {parts.map((part, index) => (
        <path
          key={part.name}
          d={pathOf(index)}
          fill={colourOf(index)}
          className={styles.notes}
          data-muted={!heard[index] || undefined}
        />
      ))}
    </svg>
  );
});
