// The results of a closed study: conditions with their intervals, raters, and the report to download.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { ProblemPage, Waiting } from "../../ui/feedback";
import { type Results, reportAt, resultsQuery, type Study } from "./api";
import styles from "./page.module.css";
import { useWords } from "./words";

export function ResultsTable({ study }: { study: Study }) {
  const words = useWords();
  const { data, error, refetch } = useQuery(resultsQuery(study.id));
  if (!data) return error === null ? <Waiting /> : <ProblemPage title={study.title} error={error} retry={refetch} />;
  const metrics = [...new Set(data.conditions.flatMap((one) => Object.keys(one.measured ?? {})))];
  return (
    <>
      <header className="page-head">
        <h1>{study.title}</h1>
        <p>{words.counted(data.counted, data.raters)}</p>
      </header>
      <div className={styles.findings}>
        <div className={styles.tableFrame}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{words.condition}</th>
                <th scope="col">{data.mode === "pairs" ? words.strength : words.score}</th>
                <th scope="col">{words.interval}</th>
                {metrics.map((name) => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
                <th scope="col">
                  <span className="sr-only">{words.picture}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.conditions.map((one) => (
                <tr key={one.name}>
                  <th scope="row">{one.name}</th>
                  <td>{one.value.toFixed(2)}</td>
                  <td>
                    {one.low === null || one.high === null ? "–" : `${one.low.toFixed(2)} – ${one.high.toFixed(2)}`}
                  </td>
                  {metrics.map((name) => (
                    <td key={name}>{one.measured?.[name]?.toPrecision(3) ?? "–"}</td>
                  ))}
                  <td>
                    <Bar results={data} value={one.value} low={one.low ?? one.value} high={one.high ?? one.value} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {data.alpha !== null && <p className="quiet small">{words.alpha(data.alpha.toFixed(2))}</p>}
        {data.left_out.length > 0 && (
          <ul className="quiet small">
            {data.left_out.map((one) => (
              <li key={one.rater}>
                {words.leftOut(one.rater, words.reasons[one.reason as keyof typeof words.reasons])}
              </li>
            ))}
          </ul>
        )}
        <div className={styles.actions}>
          <a className="button button-soft" href={reportAt(study.id)} download={`${study.id}.md`}>
            {words.report}
          </a>
          <Link href="/opinion">{words.allStudies}</Link>
        </div>
      </div>
    </>
  );
}

/** A value and its interval on the scale: 1 to 5, or from the weakest end to the strongest. */
function Bar({ results, value, low, high }: { results: Results; value: number; low: number; high: number }) {
  const ends = results.conditions.flatMap((one) => [one.low ?? one.value, one.high ?? one.value]);
  const [from, to] = results.mode === "pairs" ? [Math.min(...ends), Math.max(...ends)] : [1, 5];
  const place = (at: number) => ((at - from) / (to - from || 1)) * 100;
  return (
    <svg viewBox="0 0 104 10" className={styles.bar} aria-hidden="true">
      <line x1={2} x2={102} y1={5} y2={5} className={styles.axis} />
      <line x1={2 + place(low)} x2={2 + place(high)} y1={5} y2={5} className={styles.reach} />
      <circle cx={2 + place(value)} cy={5} r={2.6} />
    </svg>
  );
}
