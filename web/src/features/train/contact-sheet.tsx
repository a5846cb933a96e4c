// The first pictures of a set, the names of its music, and what was not kept of an upload.
import { addressOf } from "../../api/client";
import { useServerError } from "../../i18n/errors";
import { ProblemNote } from "../../ui/feedback";
import type { PictureSetDetail } from "./api";
import styles from "./contact-sheet.module.css";
import { useWords } from "./words";

const thumbnail = (set: string, path: string) =>
  `${addressOf("picture-sets", set, "thumbnail")}?path=${encodeURIComponent(path)}`;

export function ContactSheet({ set }: { set: PictureSetDetail }) {
  const words = useWords();
  const say = useServerError();
  const { name, kind, count, samples, music, pieces, dropped, unpacking } = set;
  const title = [count > 0 || music === 0 ? words.count(count) : "", music > 0 ? words.music(music) : ""];
  const lost = dropped.reduce((sum, one) => sum + one.count, 0);
  return (
    <section aria-labelledby="pictures">
      <h2 id="pictures" className={kind === "folder" ? undefined : "sr-only"}>
        {kind === "folder" ? title.filter(Boolean).join(" · ") : words.pictures}
      </h2>
      {unpacking?.error && <ProblemNote error={new Error(say(unpacking.error))} />}
      {samples.length > 0 && (
        <>
          {samples.length < count && <p className="quiet small">{words.first(samples.length)}</p>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus */}
          <ul className={styles.sheet} tabIndex={0} aria-labelledby="pictures">
            {samples.map((path) => (
              <li key={path}>
                <img src={thumbnail(name, path)} alt={path} title={path} loading="lazy" width={96} height={96} />
              </li>
            ))}
          </ul>
        </>
      )}
      {pieces.length > 0 && (
        <>
          {pieces.length < music && <p className="quiet small">{words.first(pieces.length)}</p>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus */}
          <ul className={styles.pieces} tabIndex={0} aria-label={words.music(music)}>
            {pieces.map((path) => (
              <li key={path} title={path}>
                {path}
              </li>
            ))}
          </ul>
        </>
      )}
      {lost > 0 && (
        <details className={styles.dropped} open={lost <= 5}>
          <summary>{words.dropped(lost)}</summary>
          <ul>
            {dropped.map((one) => (
              <li key={`${one.code} ${one.params.reason ?? ""}`}>
                <p>{say({ code: one.code, params: one.params, sentence: one.reason })}</p>
                <p className="quiet small">
                  {words.droppedLine(
                    one.count,
                    one.examples.join(", ") + (one.count > one.examples.length ? " …" : ""),
                  )}
                </p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
