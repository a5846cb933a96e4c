import { Link } from "wouter";
import { bundleAddress, can } from "../../api/bundles";
import { EXAMPLE } from "../../api/examples";
import { rooted } from "../../api/root";
import type { BundleCard } from "../../api/types";
import { figure, higherIsBetter, metricName, spread } from "../../i18n/numbers";
import { useSummary } from "../../i18n/summaries";
import { useModelTitle } from "../../i18n/titles";
import styles from "./home.module.css";
import { useWords } from "./words";

/** The first metric, measured on held-out pictures where it was. */
function mainMetric({ metrics }: BundleCard) {
  const [first] = metrics;
  return metrics.find((one) => one.metric === first?.metric && one.protocol?.pictures === "held_out") ?? first;
}

/** The address at which a model shows what it does, without anything of the visitor's own; null: none. */
function exampleAddress(bundle: BundleCard): string | null {
  const address = bundleAddress(bundle);
  if (bundle.drawing_direction) return `${address}?${EXAMPLE}`;
  if (can(bundle, "latent_space")) return `${address}?tool=walk`;
  return bundle.page === "translate" && bundle.accepts[0] === "picture" ? `${address}?${EXAMPLE}` : null;
}

/** A model with a preview, its first metric, and links to its page and its training run. */
export function Card({ bundle, hasRun }: { bundle: BundleCard; hasRun: boolean }) {
  const words = useWords();
  const summary = useSummary();
  const metric = mainMetric(bundle);
  const address = bundleAddress(bundle);
  const name = useModelTitle()(bundle);
  const example = exampleAddress(bundle);
  const music = bundle.page === "music"; // it makes phrases, which have no pixels
  return (
    <li className={styles.card}>
      {bundle.preview_url && (
        <Link href={address} className={styles.cardPreview} tabIndex={-1} aria-hidden="true">
          <img src={rooted(bundle.preview_url)} alt="" loading="lazy" />
        </Link>
      )}
      <div className={styles.cardBody}>
        <h2>{name}</h2>
        <p>{summary(bundle)}</p>
        <dl className={styles.facts}>
          <div>
            <dt className="sr-only">{words.model}</dt>
            <dd>
              {bundle.family}
              {!music && ` · ${bundle.resolution} px`}
            </dd>
          </div>
          {metric && (
            <div>
              <dt>{metricName(metric.metric)}</dt>
              <dd title={higherIsBetter(metric.metric) ? words.higher : words.lower}>
                {figure(metric.value)}
                {metric.std != null && <span className="quiet"> ± {spread(metric.std, metric.value)}</span>}
              </dd>
            </div>
          )}
        </dl>
        <p className="quiet small">
          {(music ? words.trainedPhrases : words.trained)(Math.round(bundle.kimg * 1000).toLocaleString("en"))}
        </p>
        <div className={styles.cardActions}>
          <Link href={address} className="button button-solid">
            {words[bundle.page]}
            <span className="sr-only">: {name}</span>
          </Link>
          {example && (
            <Link href={example} className="button button-soft">
              {words.try}
              <span className="sr-only">: {name}</span>
            </Link>
          )}
          {hasRun && (
            <Link href={`/runs/${encodeURIComponent(bundle.id)}`} className="button button-bare">
              {words.run}
              <span className="sr-only">: {name}</span>
            </Link>
          )}
        </div>
      </div>
    </li>
  );
}
