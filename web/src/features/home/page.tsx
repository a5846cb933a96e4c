import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { bundlesQuery, polled, runsQuery, useMay } from "../../api/queries";
import { useServerError } from "../../i18n/errors";
import { useWords as useSharedWords } from "../../i18n/provider";
import { Empty, HealthNote, ProblemNote, Waiting } from "../../ui/feedback";
import { SampleTraining } from "../../ui/sample-training";
import { useTitle } from "../../ui/use-title";
import { Card } from "./card";
import styles from "./home.module.css";
import { RunningRun } from "./running-run";
import { useWords } from "./words";

const POLL_SECONDS = 5;

export function HomePage() {
  const words = useWords();
  const say = useServerError();
  useTitle("");
  const bundles = useQuery({ ...bundlesQuery, ...polled(POLL_SECONDS) });
  const mayTrain = useMay("owner");
  const runs = useQuery({ ...runsQuery, ...polled(POLL_SECONDS), enabled: useMay("reviewer") });
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
          <ul className={styles.running}>
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
        <Empty title={words.emptyTitle}>{mayTrain ? <Begin /> : <p>{words.emptyAsk}</p>}</Empty>
      )}
      {bundles.data && bundles.data.bundles.length > 0 && (
        <ul className={styles.cards}>
          {bundles.data.bundles.map((bundle) => (
            <Card key={bundle.id} bundle={bundle} hasRun={known.has(bundle.id)} />
          ))}
        </ul>
      )}
      {bundles.data && bundles.data.bundles.length > 0 && mayTrain && runs.data?.length === 0 && (
        <section className={`section ${styles.own}`} aria-labelledby="own">
          <h2 id="own">{words.ownTitle}</h2>
          <Begin />
        </section>
      )}
      {bundles.data && bundles.data.refused.length > 0 && (
        <section className="section" aria-labelledby="refused">
          <h2 id="refused">{words.refused}</h2>
          {bundles.data.refused.map((one) => (
            <HealthNote key={one.id} level="warning" sentence={`${one.id}: ${say({ ...one, sentence: one.reason })}`} />
          ))}
        </section>
      )}
    </>
  );
}

/** The ways to a first model of one's own. */
function Begin() {
  const words = useWords();
  const { sampleTrainingHelp } = useSharedWords();
  return (
    <>
      <p>{words.beginText}</p>
      <div className={styles.ways}>
        <Link href="/train" className="button button-solid">
          {words.beginOwn}
        </Link>
        <SampleTraining />
      </div>
      <p className="quiet small">{sampleTrainingHelp}</p>
    </>
  );
}
