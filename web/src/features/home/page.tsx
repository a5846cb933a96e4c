import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { bundleAddress } from "../../api/bundles";
import { bundlesQuery, polled, runsQuery } from "../../api/queries";
import type { BundleCard, RunCard } from "../../api/types";
import { duration, figure, higherIsBetter, metricName, spread } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { useSummary } from "../../i18n/summaries";
import { Command, Empty, HealthNote, ProblemNote, Progress, Waiting } from "../../ui/feedback";
import { useTitle } from "../../ui/use-title";
import { useWords } from "./words";

const POLL_SECONDS = 5;

export function HomePage() {
  const words = useWords();
  useTitle("");
  const bundles = useQuery({ ...bundlesQuery, ...polled(POLL_SECONDS) });
  const runs = useQuery({ ...runsQuery, ...polled(POLL_SECONDS) });
  const running = (runs.data ?? []).filter((run) => run.status.state === "running");
  const known = new Set((runs.data ?? []).map((run) => run.id));

  return (
    <>
      <header className="page-head">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      {running.length > 0 && (
        <section className="section" aria-labelledby="running">
          <h2 id="running">{words.running}</h2>
          <ul className="running">
            {running.map((run) => (
              <RunningRun key={run.id} run={run} />
            ))}
          </ul>
        </section>
      )}
      {bundles.data === undefined && bundles.error === null && <Waiting />}
      {bundles.data === undefined && bundles.error !== null && (
        <ProblemNote error={bundles.error} retry={bundles.refetch} />
      )}
      {bundles.data?.bundles.length === 0 && (
        <Empty title={words.emptyTitle}>
          <p>{words.emptyText}</p>
          <Command text="make run" />
          <p className="quiet">{words.emptyOwn}</p>
          <Command text="make run DATA=path/to/pictures" />
          <p className="quiet">{words.reload}</p>
        </Empty>
      )}
      {bundles.data && bundles.data.bundles.length > 0 && (
        <ul className="cards">
          {bundles.data.bundles.map((bundle) => (
            <Card key={bundle.id} bundle={bundle} hasRun={known.has(bundle.id)} />
          ))}
        </ul>
      )}
      {bundles.data && bundles.data.refused.length > 0 && (
        <section className="section" aria-labelledby="refused">
          <h2 id="refused">{words.refused}</h2>
          {bundles.data.refused.map((one) => (
            <HealthNote key={one.id} level="warning" sentence={`${one.id}: ${one.reason}`} />
          ))}
        </section>
      )}
    </>
  );
}

function RunningRun({ run }: { run: RunCard }) {
  const { language } = useLanguage();
  const words = useSharedWords();
  const { status } = run;
  return (
    <li className="running-run">
      <Link href={`/runs/${encodeURIComponent(run.id)}`} className="running-link">
        <span className="pulse" aria-hidden="true" />
        <strong>{run.name}</strong>
        <span className="quiet">{status.family}</span>
      </Link>
      <Progress value={status.progress ?? 0} label={`${words.progress}: ${run.name}`} />
      <span className="figures quiet">
        {Math.round((status.progress ?? 0) * 100)} %
        {status.eta_seconds != null && ` · ${words.units.left(duration(status.eta_seconds, language))}`}
      </span>
    </li>
  );
}

function Card({ bundle, hasRun }: { bundle: BundleCard; hasRun: boolean }) {
  const words = useWords();
  const summary = useSummary();
  const metric = bundle.metrics[0];
  const address = bundleAddress(bundle);
  return (
    <li className="card">
      {bundle.preview_url && (
        <Link href={address} className="card-preview" tabIndex={-1} aria-hidden="true">
          <img src={bundle.preview_url} alt="" loading="lazy" />
        </Link>
      )}
      <div className="card-body">
        <h2>{bundle.name}</h2>
        <p>{summary(bundle)}</p>
        <dl className="facts">
          <div>
            <dt className="sr-only">{words.model}</dt>
            <dd>
              {bundle.family} · {bundle.resolution} px
            </dd>
          </div>
          {metric && (
            <div>
              <dt>{metricName(metric.metric)}</dt>
              <dd title={higherIsBetter(metric.metric) ? words.higher : words.lower}>
                {figure(metric.value)}
                {metric.std != null && <span className="quiet"> ± {spread(metric.std, metric.value)}</span>}
              </dd>
            </div>
          )}
        </dl>
        <p className="quiet small">{words.trained(Math.round(bundle.kimg * 1000).toLocaleString("en"))}</p>
        <div className="card-actions">
          <Link href={address} className="button button-solid">
            {words[bundle.page]}
            <span className="sr-only">: {bundle.name}</span>
          </Link>
          {hasRun && (
            <Link href={`/runs/${encodeURIComponent(bundle.id)}`} className="button button-bare">
              {words.run}
              <span className="sr-only">: {bundle.name}</span>
            </Link>
          )}
        </div>
      </div>
    </li>
  );
}
