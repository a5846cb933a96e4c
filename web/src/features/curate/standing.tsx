// How far one is, how fast, how long still, and whether everything said has been saved.
import { memo, type ReactNode } from "react";
import { duration } from "../../i18n/numbers";
import { useLanguage, useWords as useSharedWords } from "../../i18n/provider";
import { Button } from "../../ui/controls";
import { ProblemNote, Progress } from "../../ui/feedback";
import { CheckIcon, WarningIcon } from "../../ui/icons";
import layoutStyles from "./layout.module.css";
import type { Line } from "./mutation-queue";
import styles from "./standing.module.css";
import type { ReviewStore, View } from "./store";
import { useWords } from "./words";

export const Standing = memo(function Standing({
  store,
  view,
  line,
  retry,
  children,
}: {
  store: ReviewStore;
  view: View;
  line: Line;
  retry: () => void;
  children: ReactNode;
}) {
  const { language } = useLanguage();
  const words = useWords();
  const { retry: retryText, units } = useSharedWords();
  const { kept, dropped, skipped, waiting } = view.tally;
  const done = kept + dropped + skipped;
  const speed = store.speed();
  const count = (value: number) => value.toLocaleString("en");
  return (
    <>
      <div className={styles.bar}>
        <div className={styles.standing} data-testid="progress">
          <Progress value={done + waiting ? done / (done + waiting) : 1} label={words.progress} />
          <p className="figures small">
            <strong>{words.done(count(done))}</strong>
            <span>{words.left(count(waiting))}</span>
            {speed !== null && <span className="quiet">{words.perMinute(Math.round(speed))}</span>}
            {speed !== null && waiting > 0 && (
              <span className="quiet">{units.left(duration((60 * waiting) / speed, language))}</span>
            )}
            <span className={`quiet ${styles.tally}`}>
              {words.kept(count(kept))} · {words.dropped(count(dropped))} · {words.skipped(count(skipped))}
            </span>
          </p>
        </div>
        <span className={`${styles.line} small`} data-state={line.state}>
          {line.state === "saved" ? (
            <>
              <CheckIcon /> {words.saved}
            </>
          ) : line.state === "sending" ? (
            words.sending(line.count)
          ) : (
            <WarningIcon />
          )}
        </span>
        <div className={styles.tools}>{children}</div>
      </div>
      {line.state === "offline" && (
        <div className="note note-warning" role="status">
          <WarningIcon />
          <div className="note-body">
            <p>{words.offline(line.count)}</p>
          </div>
          <Button onPress={retry}>{retryText}</Button>
        </div>
      )}
      {line.state === "stopped" && (
        <div className={layoutStyles.above}>
          <p className="small worry-error">{words.stopped(line.count)}</p>
          <ProblemNote error={line.error} retry={retry} />
        </div>
      )}
    </>
  );
});
