import { useRef, useState } from "react";
import type { Sample } from "../../api/types";
import styles from "./pictures.module.css";
import { columnsOf } from "./sheet-picture";
import { useWords } from "./words";

/** The pictures: arrow keys move, Enter enlarges, Space chooses. */
export function SampleGrid({
  samples,
  className,
  stale,
  open,
  isPicked,
  pick,
}: {
  samples: Sample[];
  className: (sample: Sample) => string;
  stale: boolean;
  open: (sample: Sample) => void;
  isPicked: (sample: Sample) => boolean;
  pick: (sample: Sample) => void;
}) {
  const words = useWords();
  const grid = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(0);
  const columns = columnsOf(samples.length);
  const current = Math.min(chosen, Math.max(samples.length - 1, 0));

  const move = (event: React.KeyboardEvent) => {
    const sample = samples[current];
    if (event.key === " " && sample && event.target instanceof HTMLButtonElement) {
      event.preventDefault();
      pick(sample);
      return;
    }
    const row = current - (current % columns);
    const steps: Record<string, number> = {
      ArrowLeft: current - 1,
      ArrowRight: current + 1,
      ArrowUp: current - columns,
      ArrowDown: current + columns,
      Home: event.ctrlKey ? 0 : row,
      End: event.ctrlKey ? samples.length - 1 : Math.min(row + columns, samples.length) - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0 || next >= samples.length) return;
    setChosen(next);
    grid.current?.querySelectorAll("button")[next]?.focus();
  };

  if (!samples.length) return null;
  return (
    <div
      ref={grid}
      role="group"
      aria-label={words.samples}
      className={styles.samples}
      data-stale={stale || undefined}
      style={{ "--columns": columns } as React.CSSProperties}
      onKeyDown={move}
      // Firefox presses a button when Space is let go.
      onKeyUp={(event) => event.key === " " && event.target instanceof HTMLButtonElement && event.preventDefault()}
    >
      {samples.map((sample, index) => {
        const name = [words.sample(sample.seed), className(sample)].filter(Boolean).join(", ");
        return (
          <div className={styles.sampleCell} key={sample.seed} data-picked={isPicked(sample) || undefined}>
            <button
              type="button"
              className={styles.sample}
              tabIndex={index === current ? 0 : -1}
              aria-label={name}
              onFocus={() => setChosen(index)}
              onClick={() => open(sample)}
            >
              <img src={sample.data} alt="" draggable={false} />
            </button>
            <input
              type="checkbox"
              className={styles.samplePick}
              tabIndex={index === current ? 0 : -1}
              aria-label={words.choose(name)}
              checked={isPicked(sample)}
              onFocus={() => setChosen(index)}
              onChange={() => pick(sample)}
            />
          </div>
        );
      })}
    </div>
  );
}
