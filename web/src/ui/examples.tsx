import type { ReactNode } from "react";
import styles from "./examples.module.css";

/** Small pictures to begin with; a press takes one. */
export function Examples({
  title,
  credit,
  entries,
}: {
  title: string;
  /** Where they are from. */
  credit?: string;
  entries: readonly { name: string; picture: ReactNode; take: () => void }[];
}) {
  return (
    <div className={styles.examples} role="group" aria-label={title}>
      <p className="quiet small">{title}</p>
      <div className={styles.row}>
        {entries.map(({ name, picture, take }) => (
          <button key={name} type="button" className={styles.example} aria-label={name} title={name} onClick={take}>
            {picture}
          </button>
        ))}
      </div>
      {credit && <p className="quiet small">{credit}</p>}
    </div>
  );
}
