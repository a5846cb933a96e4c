import { Link } from "wouter";
import { Button } from "../../ui/controls";
import { Empty } from "../../ui/feedback";
import type { Tally } from "./api";
import styles from "./end.module.css";
import type { Source } from "./store";
import { useWords } from "./words";

/** Nothing waits any more. */
export function End({
  round,
  source,
  tally,
  again,
}: {
  round: number;
  source: Source;
  tally: Tally;
  again: () => void;
}) {
  const words = useWords();
  return (
    <Empty title={words.allDone}>
      <p>{words.allDoneText}</p>
      <div className={styles.end}>
        <Link href={`/review/${round}/results`} className="button button-solid">
          {words.results}
        </Link>
        {source === "skipped" ? (
          <Link href={`/review/${round}`} className="button button-soft">
            {words.backFromSkipped}
          </Link>
        ) : (
          tally.skipped > 0 && (
            <Link href={`/review/${round}/skipped`} className="button button-soft">
              {words.lookSkipped(tally.skipped)}
            </Link>
          )
        )}
        <Button variant="bare" onPress={again}>
          {words.checkAgain}
        </Button>
      </div>
    </Empty>
  );
}
