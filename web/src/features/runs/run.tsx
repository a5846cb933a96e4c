import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { bundleAddress } from "../../api/bundles";
import { useLiveRun } from "../../api/live-run";
import { bundlesQuery } from "../../api/queries";
import { useWords as useSharedWords } from "../../i18n/provider";
import { ProblemPage, Progress, Waiting } from "../../ui/feedback";
import { BackIcon } from "../../ui/icons";
import { useLost } from "../../ui/lost";
import { useTitle } from "../../ui/use-title";
import { Curves } from "./curves";
import { Health } from "./health";
import { Metrics } from "./metrics";
import styles from "./run.module.css";
import { RunFacts } from "./run-facts";
import { SettingsTree } from "./settings-tree";
import { Sheets } from "./sheets";
import { State } from "./state";
import { Trainer } from "./trainer";
import { TrainingActions } from "./training";
import { useWords } from "./words";

export function RunPage({ id }: { id: string }) {
  const words = useWords();
  const { progress } = useSharedWords();
  const { run, lines, error, streaming, retry } = useLiveRun(id);
  const lost = useLost();
  useTitle(run ? run.name : words.title);
  if (!run) return error !== undefined ? <ProblemPage title={words.title} error={error} retry={retry} /> : <Waiting />;
  const last = lines.at(-1);
  return (
    <>
      <header className={`page-head ${styles.pageHeadRun}`}>
        <Link href="/runs" className={styles.back}>
          <BackIcon />
          {words.all}
        </Link>
        <div className={styles.runTitle}>
          <h1>{run.name}</h1>
          {run.status.state !== "unknown" && <State state={run.status.state} />}
          {run.status.state === "running" && !lost && (
            <span className={`${styles.live} quiet small`}>
              <span className="pulse" aria-hidden="true" />
              {streaming ? words.live : words.polling}
            </span>
          )}
          <span className="spring" />
          {run.bundle && <ModelLink id={run.bundle} />}
        </div>
        <Trainer status={run.status} />
        <TrainingActions run={run} changed={retry} />
        <Progress value={run.status.progress ?? 0} label={progress} />
        <RunFacts
          run={run}
          seconds={lines.reduce((sum, line) => sum + (Number(line.seconds) || 0), 0)}
          memory={Number(last?.memory_mb)}
        />
      </header>
      <div className={styles.runNow}>
        <Sheets run={id} sheets={run.sheets} task={run.status.task} />
        <Health health={run.health} />
      </div>
      <Curves lines={lines} />
      <Metrics metrics={run.metrics} />
      <section className="section">
        <details className={styles.recipe}>
          <summary>
            <h2>{words.recipe}</h2>
          </summary>
          <p className="quiet small">{words.recipeMeans}</p>
          <SettingsTree value={run.recipe} />
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
      {words.useModel}
    </Link>
  );
}
