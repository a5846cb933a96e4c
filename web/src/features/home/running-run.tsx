import { Link } from "wouter";
import type { RunCard } from "../../api/types";
import { useWords as useSharedWords } from "../../i18n/provider";
import { Progress } from "../../ui/feedback";
import { useTimeLeft } from "../../ui/run-progress";
import styles from "./home.module.css";

/** A run in progress, with a link to it. */
export function RunningRun({ run }: { run: RunCard }) {
  const words = useSharedWords();
  const { status } = run;
  const left = useTimeLeft()(status);
  return (
    <li className={styles.runningRun}>
      <Link href={`/runs/${encodeURIComponent(run.id)}`} className={styles.runningLink}>
        <span className="pulse" aria-hidden="true" />
        <strong>{run.name}</strong>
        <span className="quiet">{status.family}</span>
      </Link>
      <Progress value={status.progress ?? 0} label={`${words.progress}: ${run.name}`} />
      <span className="figures quiet">
        {Math.round((status.progress ?? 0) * 100)} %{left !== null && ` · ${left}`}
      </span>
    </li>
  );
}
