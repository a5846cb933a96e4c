// What is known of the picture one looks at: what the checks say of it, and where it came from.
import { memo } from "react";

import type { Check, CheckDescription, Origin, Queued } from "./api";
import styles from "./facts.module.css";
import { useWords, type Words } from "./words";

const FINE = 0.75;

/** A measure in its unit, such as 12° or 48 px; nothing for a measure without one. */
const inUnit = (raw: number | null, unit: string) =>
  raw === null || unit === "" ? "" : `${Math.round(raw)}${unit === "°" ? "" : " "}${unit}`;

const grade = (score: number) => (score < 0.3 ? 0 : score < 0.5 ? 1 : score < FINE ? 2 : 3);

interface Known {
  picture: Queued;
  /** What the rules say of each check. */
  descriptions: CheckDescription[];
}

export const Facts = memo(function Facts({ picture, descriptions }: Known) {
  const words = useWords();
  const proposed = picture.proposal && (picture.proposal.keep ? "keep" : "drop");
  const measured = picture.checks.filter((check) => check.raw !== null);
  const worth = measured.filter((check) => check.score < FINE);
  const fine = measured.filter((check) => check.score >= FINE);
  return (
    <>
      <section aria-labelledby="review-checks">
        <h2 id="review-checks">{words.checks}</h2>
        {measured.length === 0 && <p className="quiet small">{words.unchecked}</p>}
        {picture.proposal && (
          <p className="small">
            {words.proposes}:{" "}
            <strong className={picture.proposal.keep ? styles.good : styles.bad}>
              {picture.proposal.keep
                ? words.proposesKeep
                : words.proposesDrop(said(picture.proposal.reason ?? "", words))}
            </strong>
          </p>
        )}
        {picture.before && picture.before !== proposed && (
          <p className="quiet small">{words.before(words.states[picture.before])}</p>
        )}
        {worth.length > 0 && <Scores checks={worth} descriptions={descriptions} />}
        {fine.length > 0 && (
          <details className={styles.fine}>
            <summary className="small quiet">{words.fine(fine.length)}</summary>
            <Scores checks={fine} descriptions={descriptions} />
          </details>
        )}
      </section>
      <section aria-labelledby="review-origin">
        <h2 id="review-origin">{words.origin}</h2>
        <ul className={styles.origins}>
          {picture.origins.map((origin, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
            <Provenance key={index} origin={origin} />
          ))}
        </ul>
        <p className="quiet small figures">
          {picture.width} × {picture.height} px
        </p>
        {picture.shared && <p className="quiet small">{words.shared}</p>}
        {picture.lent && <p className="quiet small">{words.lent}</p>}
      </section>
    </>
  );
});

const said = (reason: string, words: Words) => words.proposals[reason] ?? words.reasons[reason] ?? reason;

function Scores({ checks, descriptions }: { checks: Check[]; descriptions: CheckDescription[] }) {
  const words = useWords();
  const described = new Map(descriptions.map((one) => [one.name, one]));
  return (
    <ul className={styles.scores}>
      {checks.map((check) => {
        const grades = grade(check.score);
        const description = described.get(check.name);
        const measure = inUnit(check.raw, description?.unit ?? "");
        return (
          <li key={check.name} data-grade={grades}>
            <span>
              {words.measures[check.name] ?? description?.title ?? check.name}
              {description?.hint && (
                <span className={styles.hint} title={words.hintHelp}>
                  {words.hint}
                </span>
              )}
            </span>
            <span className={`${styles.scoreWord} figures`}>
              {words.scores[grades]}
              {measure && ` · ${measure}`}
            </span>
            <span className={styles.scoreBar} aria-hidden="true">
              <span style={{ transform: `scaleX(${Math.max(0.02, check.score)})` }} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Provenance({ origin }: { origin: Origin }) {
  const words = useWords();
  const [, collection] = /^collection:(.+)$/.exec(origin.source) ?? [];
  const what = collection ? words.collection(collection) : (words.sources[origin.source] ?? origin.source);
  return (
    <li className="small">
      <span>{origin.keyword ? `${what}: ${words.keyword(origin.keyword)}` : what}</span>
      {origin.path && <span className={`quiet ${styles.path}`}>{origin.path}</span>}
      {origin.page && <Away address={origin.page} name={words.onPage} />}
      {origin.url && <Away address={origin.url} name={words.address} />}
      <span className="quiet">{origin.licence ? words.licence(origin.licence) : words.noLicence}</span>
    </li>
  );
}

/** An address a crawl brought: a link only where it leads to a page, and without a word of where one comes from. */
function Away({ address, name }: { address: string; name: string }) {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return <span className={`quiet ${styles.path}`}>{address}</span>;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return <span className={`quiet ${styles.path}`}>{address}</span>;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer" title={address}>
      {name}: {url.hostname}
    </a>
  );
}
