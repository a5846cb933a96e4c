// Which model draws, and how.

import { can } from "../../api/bundles";
import type { BundleCard } from "../../api/types";
import { useModelTitle } from "../../i18n/titles";
import { Choice } from "../../ui/controls";
import { Select } from "../../ui/select";
import type { Style } from "./api";
import styles from "./card.module.css";
import { useWords } from "./words";

export const QUICK = 640; // pixels of the drawing's side
export const FINE = 896;

/** The models that take a photograph and give a picture of its size. */
export const draws = (bundle: BundleCard): boolean =>
  bundle.page === "translate" && bundle.accepts.includes("picture") && bundle.labels === 0 && !bundle.enlarges;

export function styleOf(bundle: BundleCard): Style {
  return {
    bundle: bundle.id,
    direction: "a_to_b",
    domain: bundle.accepts.includes("reference") ? 0 : null,
    seed: 0,
    scope: "head",
    background: "remove",
    detail: QUICK,
  };
}

type Props = { bundles: BundleCard[]; bundle: BundleCard; style: Style; change: (next: Style) => void };

export function StyleChoice({ bundles, bundle, style, change }: Props) {
  const words = useWords();
  const title = useModelTitle();
  const [a = "A", b = "B"] = bundle.domains;
  return (
    <section className={styles.group} aria-label={words.style}>
      <h2>{words.style}</h2>
      <Select
        label={words.model}
        value={bundle.id}
        onChange={(id) => {
          const next = bundles.find((each) => each.id === id);
          if (next)
            change({ ...styleOf(next), scope: style.scope, background: style.background, detail: style.detail });
        }}
        options={bundles.map((each) => ({ id: each.id, name: title(each) }))}
      />
      {bundle.directions > 1 && (
        <Choice
          label={words.direction}
          value={style.direction}
          onChange={(direction) => change({ ...style, direction })}
          options={[
            { value: "a_to_b", text: words.way(a, b) },
            { value: "b_to_a", text: words.way(b, a) },
          ]}
        />
      )}
      {style.domain !== null && (
        <>
          <Select
            label={words.into}
            value={String(style.domain)}
            onChange={(id) => change({ ...style, domain: Number(id) })}
            options={bundle.classes.map((name, number) => ({ id: String(number), name }))}
          />
          <Choice
            label={words.variation}
            value={String(style.seed)}
            onChange={(seed) => change({ ...style, seed: Number(seed) })}
            options={["0", "1", "2", "3"].map((value) => ({ value, text: String(Number(value) + 1) }))}
          />
        </>
      )}
      <Choice
        label={words.scope}
        value={style.scope}
        onChange={(scope) => change({ ...style, scope })}
        options={(["head", "photograph"] as const).map((value) => ({ value, text: words.scopes[value] }))}
      />
      <Choice
        label={words.background}
        value={style.background}
        onChange={(background) => change({ ...style, background })}
        options={(["remove", "keep"] as const).map((value) => ({ value, text: words.backgrounds[value] }))}
      />
      {can(bundle, "any_size") && (
        <Choice
          label={words.detail}
          value={style.detail === FINE ? "fine" : "quick"}
          onChange={(detail) => change({ ...style, detail: detail === "fine" ? FINE : QUICK })}
          options={(["quick", "fine"] as const).map((value) => ({ value, text: words.details[value] }))}
        />
      )}
    </section>
  );
}
