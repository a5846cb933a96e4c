// The portrait, and what can be taken home of it.
import type { ReactNode } from "react";
import type { BundleCard } from "../../api/types";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { DownloadIcon } from "../../ui/icons";
import { BothIcon } from "./icons";
import { Latency } from "./latency";
import styles from "./portrait.module.css";
import type { Result } from "./use-result";
import { useWords } from "./words";

export function Portrait({
  bundle,
  result,
  busy,
  over,
  both,
  invitation,
  onward,
}: {
  bundle: Pick<BundleCard, "id">;
  result: Result | undefined;
  busy: boolean;
  /** It lies on the paper: here is only what belongs to it. */
  over: boolean;
  /** Drawing and result as one picture. */
  both: () => Promise<Blob>;
  /** What one may begin with, shown until there is a result. */
  invitation?: ReactNode;
  /** What can be done with the result on other pages. */
  onward?: ReactNode;
}) {
  const words = useWords();
  return (
    <figure className={`${styles.drawSide} ${styles.drawResult}`} data-testid="result" aria-busy={busy}>
      {!over && <figcaption>{words.result}</figcaption>}
      {!over && (
        <div className={styles.result}>
          {result ? (
            <img src={result.address} alt={words.result} />
          ) : (
            <div className={styles.invitation}>
              <p className="quiet">{words.waiting}</p>
              {invitation}
            </div>
          )}
        </div>
      )}
      <div className={styles.drawFoot}>
        <Button
          variant="bare"
          isDisabled={!result}
          onPress={() => result && download(result.picture, `${bundle.id}-result.png`)}
        >
          <DownloadIcon />
          {words.saveResult}
        </Button>
        <Button
          variant="bare"
          isDisabled={!result}
          onPress={async () => download(await both(), `${bundle.id}-drawing-and-result.png`)}
        >
          <BothIcon />
          {words.saveBoth}
        </Button>
        {onward}
        <span className="spring" />
        {result ? (
          <Latency result={result} short />
        ) : (
          // The line is there from the beginning: on a phone the paper below must not move under the finger.
          <span className="small">&nbsp;</span>
        )}
      </div>
    </figure>
  );
}
