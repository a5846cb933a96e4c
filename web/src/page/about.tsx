import { kimg } from "../i18n/numbers";
import styles from "./app.module.css";
import type { Credit, Model } from "./model";
import { useWords } from "./words";

const isAddress = (text: string) => /^https?:\/\//.test(text);

function Origin({ credit: { name, licence, source, count } }: { credit: Credit }) {
  const words = useWords();
  const facts = [count ? words.count(count.toLocaleString("en")) : null, licence].filter((fact) => fact !== null);
  return (
    <li>
      <strong>{name}</strong>
      {facts.map((fact) => ` · ${fact}`)}
      {source &&
        (isAddress(source) ? (
          <>
            {" "}
            · <a href={source}>{words.origin}</a>
          </>
        ) : (
          ` · ${source}`
        ))}
    </li>
  );
}

/** Who and what the model was made from, and what to expect of it. */
export function About({ model }: { model: Model }) {
  const words = useWords();
  return (
    <section className={styles.about} aria-labelledby="about">
      <h2 id="about">{words.about}</h2>
      <p>{words.madeBy}</p>
      <h3>{words.credits}</h3>
      {model.credits.length ? (
        <ul>
          {model.credits.map((credit) => (
            <Origin key={`${credit.name} ${credit.source}`} credit={credit} />
          ))}
        </ul>
      ) : (
        <p>{words.noCredits}</p>
      )}
      <p className="quiet small">
        {words.trained(model.family, kimg(model.kimg))}.{" "}
        {words.difference(model.weights, model.difference.toPrecision(2))} {words.limits}
      </p>
      <p>
        <a href="card.md">{words.card}</a>
      </p>
    </section>
  );
}
