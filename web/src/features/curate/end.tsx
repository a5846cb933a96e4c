import { Link } from "wouter";
import { Press } from "../../ui/controls";
import { Empty } from "../../ui/feedback";
import type { Tally } from "./api";
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
      <div className="review-end">
        <Link href={`/review/${round}/results`} className="press press-solid">
          {words.results}
        </Link>
        {source === "skipped" ? (
          <Link href={`/review/${round}`} className="press press-soft">
            {words.backFromSkipped}
          </Link>
        ) : (
          tally.skipped > 0 && (
            <Link href={`/review/${round}/skipped`} className="press press-soft">
              {words.lookSkipped(tally.skipped)}
            </Link>
          )
        )}
        <Press look="bare" onPress={again}>
          {words.checkAgain}
        </Press>
      </div>
    </Empty>
  );
}
