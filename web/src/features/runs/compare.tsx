// Two runs side by side: their newest samples, figures, the settings that differ, and both curves in each chart.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { api, dataOf } from "../../api/client";
import { polled, runsQuery } from "../../api/queries";
import { rooted } from "../../api/root";
import type { Run, StatsLine } from "../../api/types";
import { figure, higherIsBetter, kimg, metricName, spread } from "../../i18n/numbers";
import { useWords as useSharedWords } from "../../i18n/provider";
import { Chart } from "../../ui/chart/chart";
import { ProblemNote, ProblemPage, Waiting } from "../../ui/feedback";
import { BackIcon } from "../../ui/icons";
import { Select } from "../../ui/select";
import { useTitle } from "../../ui/use-title";
import styles from "./compare.module.css";
import { comparedCurves, comparedMetrics, differences } from "./differences";
import runStyles from "./run.module.css";
import { SheetPicture } from "./sheet-picture";
import { State } from "./state";
import { useWords } from "./words";

const POLL_SECONDS = 5;
const SMOOTHING = 0.6;

/** The name of the compared runs in the query of the list's address. */
export const COMPARED = "compare";

export const compareAddress = (one: string, other: string) =>
  `/runs?${new URLSearchParams([
    [COMPARED, one],
    [COMPARED, other],
  ])}`;

function useRun(id: string) {
  const of = { params: { path: { id } } };
  return useQuery({
    queryKey: ["runs", id, "compared"],
    queryFn: async ({ signal }) => {
      const [run, { stats }] = await Promise.all([
        dataOf(api.GET("/v1/runs/{id}", { ...of, signal })),
        dataOf(api.GET("/v1/runs/{id}/stats", { ...of, signal })),
      ]);
      return { run, lines: stats as StatsLine[] };
    },
    ...polled(POLL_SECONDS),
  });
}

export function ComparePage({ ids: [one, other] }: { ids: [string, string] }) {
  const words = useWords();
  useTitle(words.compare);
  const [, go] = useLocation();
  const runs = useQuery(runsQuery).data ?? [];
  const [left, right] = [useRun(one), useRun(other)];
  const options = runs.map(({ id, name }) => ({ id, name }));
  const error = left.error ?? right.error;
  if (error !== null && !(left.data && right.data)) return <ProblemPage title={words.compare} error={error} />;
  return (
    <>
      <header className="page-head page-head-tight">
        <Link href="/runs" className={runStyles.back}>
          <BackIcon />
          {words.all}
        </Link>
        <h1>{words.compare}</h1>
      </header>
      <div className={styles.choices}>
        <Select label="A" value={one} onChange={(id) => go(compareAddress(id, other))} options={options} />
        <Select label="B" value={other} onChange={(id) => go(compareAddress(one, id))} options={options} />
      </div>
      {error !== null && <ProblemNote error={error} />}
      {left.data && right.data ? (
        <>
          <div className={styles.pair}>
            <Side letter="A" run={left.data.run} />
            <Side letter="B" run={right.data.run} />
          </div>
          <Tables one={left.data.run} other={right.data.run} />
          <Curves names={[`A · ${left.data.run.name}`, `B · ${right.data.run.name}`]} {...{ left, right }} />
        </>
      ) : (
        <Waiting />
      )}
    </>
  );
}

function Side({ letter, run }: { letter: string; run: Run }) {
  const words = useWords();
  const { units } = useSharedWords();
  const sheet = run.sheets.at(-1);
  const { status } = run;
  return (
    <section className={styles.side} aria-label={`${letter}: ${run.name}`}>
      <div className={styles.head}>
        <h2>
          <Link href={`/runs/${encodeURIComponent(run.id)}`}>{run.name}</Link>
        </h2>
        <State state={status.state} />
      </div>
      <p className="quiet small figures">
        {[status.family, units.kimg(kimg(status.nimg / 1000))].filter(Boolean).join(" · ")}
      </p>
      {sheet ? (
        <SheetPicture url={rooted(sheet.url)} nimg={sheet.nimg} />
      ) : (
        <p className="quiet small">{words.noSheets}</p>
      )}
    </section>
  );
}

function Tables({ one, other }: { one: Run; other: Run }) {
  const words = useWords();
  const metrics = comparedMetrics(one.metrics, other.metrics);
  const settings = differences(one.recipe, other.recipe);
  return (
    <>
      <section className="section" aria-labelledby="metrics">
        <h2 id="metrics">{words.metrics}</h2>
        {metrics.length === 0 && <p className="quiet">{words.noMetrics}</p>}
        {metrics.length > 0 && (
          <Table
            title={words.metricsTable}
            first={words.metric}
            rows={metrics.map(({ metric, values }) => ({
              name: `${metricName(metric)} ${higherIsBetter(metric) ? "↑" : "↓"}`,
              values: values.map((each) =>
                each ? `${figure(each.value)}${each.std != null ? ` ± ${spread(each.std, each.value)}` : ""}` : "–",
              ),
            }))}
          />
        )}
      </section>
      <section className="section" aria-labelledby="settings">
        <h2 id="settings">{words.differ}</h2>
        {settings.length === 0 && <p className="quiet">{words.sameSettings}</p>}
        {settings.length > 0 && (
          <Table
            title={words.settingsTable}
            first={words.setting}
            rows={settings.map(({ path, values }) => ({ name: path, values }))}
          />
        )}
      </section>
    </>
  );
}

function Table({ title, first, rows }: { title: string; first: string; rows: { name: string; values: string[] }[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus
    <section className={runStyles.tableBox} tabIndex={0} aria-label={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values: [left, right] }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="figures">{left || "–"}</td>
              <td className="figures">{right || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Loaded = { data: { lines: StatsLine[] } | undefined };

function Curves({ names: [one, other], left, right }: { names: [string, string]; left: Loaded; right: Loaded }) {
  const words = useWords();
  const [cursor, setCursor] = useState<number | null>(null);
  const [first, second] = [left.data?.lines, right.data?.lines];
  const charts = useMemo(() => comparedCurves([one, other], [first ?? [], second ?? []]), [one, other, first, second]);
  return (
    <section className="section" aria-labelledby="curves">
      <h2 id="curves">{words.curves}</h2>
      {charts.length === 0 && <p className="quiet">{words.noCurves}</p>}
      <div className={runStyles.charts}>
        {charts.map(({ term, series }) => (
          <Chart
            key={term}
            title={term}
            series={series}
            smoothing={SMOOTHING}
            log={false}
            cursor={cursor}
            point={setCursor}
          />
        ))}
      </div>
    </section>
  );
}
