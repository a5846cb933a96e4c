import type { Run } from "../../api/types";
import { duration, figure, kimg } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { useSpeed, useTimeLeft } from "../../ui/run-progress";
import styles from "./run.module.css";
import { useWords } from "./words";

/** The progress of a run in numbers. */
export function RunFacts({ run, seconds, memory }: { run: Run; seconds: number; memory: number }) {
  const { language } = useLanguage();
  const words = useWords();
  const { progress } = useSharedWords();
  const { status } = run;
  const speed = useSpeed()(status);
  const left = useTimeLeft()(status);
  const facts: [string, string | null][] = [
    [progress, status.progress != null ? `${Math.round(status.progress * 100)} %` : null],
    [words.seen, `${kimg(status.nimg / 1000)}${status.total_kimg != null ? ` / ${kimg(status.total_kimg)}` : ""} kimg`],
    [words.speed, speed],
    [words.left, left],
    [words.elapsed, Number.isFinite(seconds) ? duration(seconds, language) : null],
    [words.memory, memory > 0 ? `${figure(memory)} MB` : null],
    [words.stage, status.stage || null],
  ];
  return (
    <dl className={styles.runFacts}>
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
