import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { polled, runsQuery, useMay } from "../../api/queries";
import { rooted } from "../../api/root";
import type { RunCard } from "../../api/types";
import { figure, kimg, metricName, moment } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { Empty, ProblemNote, Progress, Waiting } from "../../ui/feedback";
import { useSpeed, useTimeLeft } from "../../ui/run-progress";
import { SampleTraining } from "../../ui/sample-training";
import { useTitle } from "../../ui/use-title";
import { compareAddress } from "./compare";
import { FindRuns, useWantedRuns } from "./find";
import { findingOf } from "./finding";
import { JustDeleted } from "./just-deleted";
import styles from "./list.module.css";
import { State } from "./state";
import { Trainer } from "./trainer";
import { useWords } from "./words";

const POLL_SECONDS = 5;

export function RunsPage() {
  const words = useWords();
  useTitle(words.title);
  const { sampleTrainingHelp } = useSharedWords();
  const mayTrain = useMay("owner");
  const { data, error, refetch } = useQuery({ ...runsQuery, ...polled(POLL_SECONDS) });
  const { wanted, want, shown } = useWantedRuns(data ?? []);
  return (
    <>
      <header className="page-head">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
        {data?.[0] && data[1] && (
          <Link href={compareAddress(data[0].id, data[1].id)} className={`button button-soft ${styles.compare}`}>
            {words.compare}
          </Link>
        )}
      </header>
      <JustDeleted />
      {!data && error === null && <Waiting />}
      {!data && error !== null && <ProblemNote error={error} retry={refetch} />}
      {data?.length === 0 && (
        <Empty title={words.emptyTitle}>
          <p>{words.emptyText}</p>
          {mayTrain && (
            <>
              <div className={styles.ways}>
                <Link href="/train" className="button button-solid">
                  {words.emptyTrain}
                </Link>
                <SampleTraining />
              </div>
              <p className="quiet small">{sampleTrainingHelp}</p>
            </>
          )}
        </Empty>
      )}
      {data && data.length > 1 && <FindRuns runs={data} shown={shown.length} wanted={wanted} want={want} />}
      {data && data.length > 0 && (
        <ul className={styles.runs}>
          {(data.length > 1 ? shown : data).map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
    </>
  );
}

function RunRow({ run }: { run: RunCard }) {
  const { language } = useLanguage();
  const words = useWords();
  const { progress, units } = useSharedWords();
  const { status } = run;
  const speed = useSpeed()(status);
  const left = useTimeLeft()(status);
  const facts = [
    status.family,
    status.recipe !== run.name ? status.recipe : null,
    units.kimg(`${kimg(status.nimg / 1000)}${status.total_kimg != null ? ` / ${kimg(status.total_kimg)}` : ""}`),
    speed,
    left,
  ].filter((fact) => fact);
  const date = status.updated ?? status.started;
  const changed = date ? words.changed(moment(date, language)) : null;
  const measured = run.metric && `${metricName(run.metric.metric)} ${figure(run.metric.value)}`;
  const worry = status.health.find((said) => said.level !== "info");
  return (
    <li className={styles.runRow}>
      {run.sheet && <img className={styles.runRowSheet} src={rooted(run.sheet.url)} alt="" loading="lazy" />}
      <div className={styles.runRowHead}>
        <Link href={`/runs/${encodeURIComponent(run.id)}`} className={styles.runRowLink}>
          {run.name}
        </Link>
        <State state={status.state} />
      </div>
      <p className="quiet figures">{facts.join(" · ")}</p>
      <p className="quiet small figures">{[changed, measured].filter((each) => each !== null).join(" · ")}</p>
      <Trainer status={status} />
      <Progress value={status.progress ?? 0} label={`${progress}: ${run.name}`} />
      {worry && <p className={`small worry worry-${worry.level}`}>{findingOf(words.troubles, worry)}</p>}
    </li>
  );
}
