import styles from "./chart.module.css";
import { type Series, termOf } from "./series";
import { useWords } from "./words";

/** What the terms of a chart mean, to be opened; nothing where none is known. */
export function Meanings({ series }: { series: readonly Series[] }) {
  const words = useWords();
  const terms = [...new Set(series.map(({ key }) => termOf(key)))].filter((term) => words.terms[term]);
  if (terms.length === 0) return null;
  return (
    <details className={styles.means}>
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
  );
}
