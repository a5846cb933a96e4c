import styles from "./notes.module.css";
import { pitchName, type Score } from "./score";
import { useWords } from "./words";

/** A number of quarter notes with at most two decimals. */
const quarters = (number: number) => String(Math.round(number * 100) / 100);

/** The notes in words, track by track. */
export function Notes({ score }: { score: Score }) {
  const words = useWords();
  const { notes, beats, beatSteps, parts } = score;
  const bar = beats * beatSteps;
  return (
    <details className={styles.notes}>
      <summary>{words.notes(notes.length)}</summary>
      {parts.map(({ name }, index) => (
        <div key={name}>
          <p className={styles.track}>{name}</p>
          <ul aria-label={name}>
            {notes
              .filter(({ track }) => track === index)
              .map(({ pitch, start, length }) => (
                <li key={`${pitch}-${start}`}>
                  {words.note(
                    pitchName(pitch),
                    Math.floor(start / bar) + 1,
                    quarters((start % bar) / beatSteps + 1),
                    quarters(length / beatSteps),
                  )}
                </li>
              ))}
          </ul>
        </div>
      ))}
    </details>
  );
}
