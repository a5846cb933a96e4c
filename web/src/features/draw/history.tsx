// What was kept: drawing and result side by side, small; one press goes back.
import { useWords as useSharedWords } from "../../i18n/provider";
import { saveAll } from "../../ui/archive";
import { IconButton } from "../../ui/controls";
import { DownloadIcon } from "../../ui/icons";
import { toFile } from "./file";
import styles from "./history.module.css";
import { KeepIcon } from "./icons";
import type { Entry } from "./store";
import { useWords } from "./words";

export function History({
  entries,
  keep,
  open,
}: {
  entries: Entry[];
  /** Nothing: there is nothing to keep. */
  keep: (() => void) | undefined;
  open: (entry: Entry) => void;
}) {
  const words = useWords();
  const { saveAll: saveAllText } = useSharedWords();
  return (
    <section className={styles.history} aria-labelledby="history">
      <div className={styles.historyHead}>
        <h2 id="history">{words.history}</h2>
        {entries.length > 0 && (
          <IconButton name={saveAllText} onPress={() => saveEntries(entries)}>
            <DownloadIcon />
          </IconButton>
        )}
        <IconButton name={words.keepHelp} shortcut="K" variant="soft" isDisabled={!keep} onPress={() => keep?.()}>
          <KeepIcon />
        </IconButton>
      </div>
      {entries.length === 0 ? (
        <p className="quiet small">{words.historyHelp}</p>
      ) : (
        <ul className={styles.historyEntries}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <button
                type="button"
                className={styles.historyEntry}
                aria-label={words.entry(entry.id)}
                onClick={() => open(entry)}
              >
                {entry.address ? <img src={entry.address} alt="" /> : <span className={styles.historyWaits} />}
                <img src={entry.sketch} alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Each kept drawing as a file to open again, and its result. */
function saveEntries(entries: readonly Entry[]): Promise<void> {
  const files = entries.flatMap(({ id, marks, address, settings }) => {
    const about = settings ? { settings } : {};
    const drawing = { name: `drawing-${id}.json`, content: new Blob([toFile(marks)]), about };
    return address ? [drawing, { name: `result-${id}.png`, content: address, about }] : [drawing];
  });
  return saveAll("drawings.zip", files, {});
}
