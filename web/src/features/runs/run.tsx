import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { bundleAddress } from "../../api/bundles";
import { useLiveRun } from "../../api/live-run";
import { bundlesQuery } from "../../api/queries";
import type { Metric, Run } from "../../api/types";
import { duration, figure, kimg, metricName, spread } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { Chart } from "../../ui/chart/chart";
import { HealthNote, ProblemNote, Progress, Waiting } from "../../ui/feedback";
import { BackIcon } from "../../ui/icons";
import { useTitle } from "../../ui/use-title";
import { Curves } from "./curves";
import { State } from "./list";
import { Sheets } from "./sheets";
import { useWords } from "./words";

export function RunPage({ id }: { id: string }) {
  const words = useWords();
  const { progress } = useSharedWords();
  const { run, lines, error, streaming, retry } = useLiveRun(id);
  useTitle(run ? run.name : words.title);
  if (!run) return error !== undefined ? <ProblemNote error={error} retry={retry} /> : <Waiting />;
  const last = lines.at(-1);
  return (
    <>
      <header className="page-head page-head-run">
        <Link href="/runs" className="back">
          <BackIcon />
          {words.all}
        </Link>
        <div className="run-title">
          <h1>{run.name}</h1>
          <State state={run.status.state} />
          {run.status.state === "running" && (
            <span className="live quiet small">
              <span className="pulse" aria-hidden="true" />
              {streaming ? words.live : words.polling}
            </span>
          )}
          <span className="spring" />
          {run.bundle && <ModelLink id={run.bundle} />}
        </div>
        <Progress value={run.status.progress ?? 0} label={progress} />
        <Facts
          run={run}
          seconds={lines.reduce((sum, line) => sum + (Number(line.seconds) || 0), 0)}
          memory={Number(last?.memory_mb)}
        />
      </header>
      <div className="run-now">
        <Sheets sheets={run.sheets} />
        <section className="section" aria-labelledby="health">
          <h2 id="health">{words.health}</h2>
          {run.health.length === 0 && <HealthNote level="info" sentence={words.healthy} />}
          {run.health.map((said) => (
            <HealthNote key={said.name + said.sentence} level={said.level} sentence={said.sentence} />
          ))}
        </section>
      </div>
      <Curves lines={lines} />
      <Metrics run={run} />
      <section className="section">
        <details className="recipe">
          <summary>
            <h2>{words.recipe}</h2>
          </summary>
          <Tree value={run.recipe} />
        </details>
      </section>
    </>
  );
}

/** Leads to the page on which the run's model is used. */
function ModelLink({ id }: { id: string }) {
  const words = useWords();
  const bundle = useQuery(bundlesQuery).data?.bundles.find((each) => each.id === id);
  if (!bundle) return null;
  return (
    <Link href={bundleAddress(bundle)} className="button button-solid">
      {words.play_model}
    </Link>
  );
}

function Facts({ run, seconds, memory }: { run: Run; seconds: number; memory: number }) {
  const { language } = useLanguage();
  const words = useWords();
  const { progress, units } = useSharedWords();
  const { status } = run;
  const running = status.state === "running";
  const facts: [string, string | null][] = [
    [progress, status.progress != null ? `${Math.round(status.progress * 100)} %` : null],
    [words.seen, `${kimg(status.nimg / 1000)}${status.total_kimg != null ? ` / ${kimg(status.total_kimg)}` : ""} kimg`],
    [words.speed, status.images_per_second != null ? `${figure(status.images_per_second)} ${units.images}` : null],
    [words.left, running && status.eta_seconds != null ? duration(status.eta_seconds, language) : null],
    [words.elapsed, Number.isFinite(seconds) ? duration(seconds, language) : null],
    [words.memory, memory > 0 ? `${figure(memory)} MB` : null],
    [words.stage, status.stage || null],
  ];
  return (
    <dl className="run-facts">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Metrics({ run }: { run: Run }) {
  const words = useWords();
  return (
    <section className="section" aria-labelledby="metrics">
      <h2 id="metrics">{words.metrics}</h2>
      {run.metrics.length === 0 ? (
        <p className="quiet">{words.noMetrics}</p>
      ) : (
        <>
          <MetricCharts metrics={run.metrics} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls or follows the arrow keys has to take the focus */}
          <section className="table-box" tabIndex={0} aria-labelledby="metrics">
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
                {[...run.metrics].reverse().map((one) => (
                  <tr key={`${one.nimg ?? "end"}-${one.metric}-${one.value}`}>
                    <td className="figures">{one.nimg != null ? `${kimg(one.nimg / 1000)} kimg` : "–"}</td>
                    <td>{metricName(one.metric)}</td>
                    <td className="figures">
                      {figure(one.value)}
                      {one.std != null && <span className="quiet"> ± {spread(one.std, one.value)}</span>}
                    </td>
                    <td className="protocol">
                      {Object.entries(one.protocol ?? {})
                        .filter(([, value]) => value !== null && typeof value !== "object")
                        .map(([name, value]) => `${name} ${short(value)}`)
                        .join(" · ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </section>
  );
}

/** How each metric went, once there are two measurements of it. */
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
    <div className="charts metric-charts">
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

function short(value: unknown): string {
  const text = String(value);
  return /^[0-9a-f]{32,}$/.test(text) ? `${text.slice(0, 8)}…` : text;
}

function Tree({ value }: { value: Record<string, unknown> }) {
  return (
    <dl className="tree">
      {Object.entries(value).map(([name, each]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {each !== null && typeof each === "object" && !Array.isArray(each) ? (
              <Tree value={each as Record<string, unknown>} />
            ) : (
              <code>{each === null ? "–" : Array.isArray(each) ? each.map(String).join(", ") : String(each)}</code>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
