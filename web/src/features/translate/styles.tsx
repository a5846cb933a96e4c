// For models that follow a reference: where to go, and in whose style.
import { ToggleButton } from "react-aria-components";
import type { BundleCard } from "../../api/types";
import { ClassChoice } from "../../ui/class-choice";
import { Button, Choice, Toggle } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import type { Wish } from "./api";
import makeupStyles from "./makeup.module.css";
import type { Table } from "./pictures";
import { References } from "./references";
import referencesStyles from "./references.module.css";
import { Share } from "./share";
import type { Shown } from "./shown";
import { Thumbnail } from "./strip";
import type { Work } from "./use-work";
import { useWords } from "./words";

export const FIRST_SEEDS = 6;

export function Styles({
  bundle,
  wish,
  change,
  references,
  prepared,
  addReferences,
  seeds,
  moreSeeds,
  variations,
}: {
  bundle: BundleCard;
  wish: Wish;
  change: (part: Partial<Wish>) => void;
  references: Table;
  prepared: Work<Shown>;
  addReferences: (files: Blob[]) => void;
  seeds: number[];
  moreSeeds: () => void;
  variations: Work<Shown>;
}) {
  const words = useWords();
  const { style } = wish;
  const problem = style.kind === "reference" ? prepared.of(String(style.id))?.error : undefined;
  return (
    <>
      <DomainChoice bundle={bundle} value={wish.domain} onChange={(domain) => change({ domain })} />
      <References
        table={references}
        prepared={prepared}
        chosen={style.kind === "reference" ? style.id : undefined}
        choose={(id) => change({ style: { kind: "reference", id } })}
        remove={({ id }) => {
          references.remove(id);
          if (style.kind === "reference" && style.id === id) change({ style: { kind: "seed", seed: seeds[0] ?? 0 } });
        }}
        add={addReferences}
      >
        {problem !== undefined && <ProblemNote error={problem} />}
        <p className="quiet small">{words.referencesHelp(bundle.classes[wish.domain] ?? "")}</p>
      </References>
      <section aria-label={words.variations}>
        <p className={makeupStyles.label}>{words.variations}</p>
        <ul className={referencesStyles.gallery}>
          {seeds.map((seed) => {
            const made = variations.of(String(seed))?.made;
            return (
              <li key={seed}>
                <ToggleButton
                  className={referencesStyles.tile}
                  aria-label={words.variation(seed)}
                  isSelected={style.kind === "seed" && style.seed === seed}
                  onChange={() => change({ style: { kind: "seed", seed } })}
                  data-waits={variations.waits(String(seed)) || undefined}
                >
                  {made ? <Thumbnail address={made.address} /> : <span className="figures quiet">{seed}</span>}
                </ToggleButton>
              </li>
            );
          })}
        </ul>
        <Button onPress={moreSeeds}>{words.more}</Button>
        <p className="quiet small">{words.variationsHelp}</p>
      </section>
      <div>
        <Toggle text={words.keep} value={wish.keep} onChange={(keep) => change({ keep })} />
        <p className="quiet small">{words.keepHelp}</p>
        {wish.keep && (
          <Share label={words.strength} value={wish.strength} onChange={(strength) => change({ strength })} />
        )}
      </div>
    </>
  );
}

const FEW = 3; // domains that fit side by side

function DomainChoice({
  bundle,
  value,
  onChange,
}: {
  bundle: BundleCard;
  value: number;
  onChange: (domain: number) => void;
}) {
  const words = useWords();
  if (bundle.classes.length < 2) return null;
  if (bundle.classes.length > FEW)
    return <ClassChoice bundle={bundle} value={value} onChange={(next) => onChange(next ?? 0)} label={words.domain} />;
  return (
    <Choice
      label={words.domain}
      value={String(value)}
      onChange={(next) => onChange(Number(next))}
      options={bundle.classes.map((name, index) => ({ value: String(index), text: name }))}
    />
  );
}
