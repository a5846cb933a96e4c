import { figure } from "../../i18n/numbers";
import styles from "./chart.module.css";
import type { Reading } from "./curves";

/** The name and the value at the cursor of each curve; a press hides or shows it. */
export function Legend({
  reading,
  hidden,
  toggle,
}: {
  reading: readonly Reading[];
  hidden: ReadonlySet<string>;
  toggle: (key: string) => void;
}) {
  return (
    <ul className={styles.legend}>
      {reading.map(({ key, colour, at }) => (
        <li key={key}>
          <button
            type="button"
            className={styles.legendEntry}
            aria-pressed={!hidden.has(key)}
            onClick={() => toggle(key)}
          >
            <span className={styles.swatch} style={{ background: colour }} />
            <span>{key}</span>
            <span className="figures">{at ? figure(at.y) : "–"}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
