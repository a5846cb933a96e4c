import { useState } from "react";
import type { Metric } from "../../api/types";
import { figure, kimg, metricName, spread } from "../../i18n/numbers";
import { Chart } from "../../ui/chart/chart";
import { ProtocolOf } from "./protocol";
import styles from "./run.module.css";
import { useWords } from "./words";

/** The measurements of a run: a chart per metric and a table, the newest first. */
export function Metrics({ metrics }: { metrics: Metric[] }) {
  const words = useWords();
  return (
    <section className="section" aria-labelledby="metrics">
      <h2 id="metrics">{words.metrics}</h2>
      {metrics.length === 0 ? (
        <p className="quiet">{words.noMetrics}</p>
      ) : (
        <>
          <MetricCharts metrics={metrics} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus */}
          <section className={styles.tableBox} tabIndex={0} aria-label={words.metricsTable}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.at}</th>
                  <th scope="col">{words.metric}</th>
                  <th scope="col">{words.value}</th>
                  <th scope="col">{words.protocol}</th>
                </tr>
              </thead>
              <tbody>
                {[...metrics].reverse().map((metric) => (
                  <MetricRow key={`${metric.nimg ?? "end"}-${metric.metric}-${metric.value}`} metric={metric} />
                ))}
              </tbody>
            </table>
          </section>
          <MetricMeanings metrics={metrics} />
        </>
      )}
    </section>
  );
}

/** What the metrics mean, to be opened; nothing where none is known. */
function MetricMeanings({ metrics }: { metrics: Metric[] }) {
  const words = useWords();
  const kinds = [...new Set(metrics.map(({ metric }) => metric.split("_")[0] ?? ""))];
  const known = kinds.filter((kind) => words.metricMeanings[kind]);
  if (known.length === 0) return null;
  return (
    <details className="small">
      <summary>{words.meanings}</summary>
      <ul className="quiet">
        {known.map((kind) => (
          <li key={kind}>{words.metricMeanings[kind]}</li>
        ))}
      </ul>
    </details>
  );
}

function MetricRow({ metric: { metric, value, std, nimg, protocol } }: { metric: Metric }) {
  return (
    <tr>
      <td className="figures">{nimg != null ? `${kimg(nimg / 1000)} kimg` : "–"}</td>
      <td>{metricName(metric)}</td>
      <td className="figures">
        {figure(value)}
        {std != null && <span className="quiet"> ± {spread(std, value)}</span>}
      </td>
      <td className={styles.protocol}>
        <ProtocolOf protocol={protocol ?? {}} />
      </td>
    </tr>
  );
}

/** The course of each metric that was measured at least twice. */
function MetricCharts({ metrics }: { metrics: Metric[] }) {
  const [cursor, setCursor] = useState<number | null>(null);
  const names = [...new Set(metrics.map((one) => one.metric))];
  const series = names
    .map((name) => ({
      key: name,
      points: metrics
        .filter((one) => one.metric === name && one.nimg != null)
        .map((one) => ({ x: Number(one.nimg) / 1000, y: one.value })),
    }))
    .filter((one) => one.points.length > 1);
  if (!series.length) return null;
  return (
    <div className={`${styles.charts} ${styles.metricCharts}`}>
      {series.map((one) => (
        <Chart
          key={one.key}
          title={metricName(one.key)}
          series={[one]}
          smoothing={0}
          log={false}
          includes={[0]}
          cursor={cursor}
          point={setCursor}
        />
      ))}
    </div>
  );
}
