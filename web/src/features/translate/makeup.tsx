// The make-up of references on the faces of the table, without any model.
import { useState } from "react";
import { Problem } from "../../api/client";
import { useErrorSentence } from "../../i18n/errors";
import { Button, Toggle } from "../../ui/controls";
import { InfoIcon } from "../../ui/icons";
import { AMOUNTS, type Mixed, makeUp, prepareForMakeUp, REGIONS, type Touch } from "./api";
import { ChooseButton } from "./intake";
import { inOrder, pictureOf, TranslateLayout } from "./layout";
import styles from "./makeup.module.css";
import { Limits, type ShownMadeUp } from "./makeup-limits";
import { MOST_MIXED, type Picture, type Table } from "./pictures";
import { References } from "./references";
import { Share } from "./share";
import { letGo, type Shown, toShown } from "./shown";
import { type Prepared, usePrepared } from "./use-prepared";
import { useWork } from "./use-work";
import { useWords, type Words } from "./words";

type Weights = Readonly<Record<number, number>>;

export function MakeUp({
  table,
  references,
  add,
  addReferences,
}: {
  table: Table;
  references: Table;
  add: (files: Blob[]) => void;
  addReferences: (files: Blob[]) => void;
}) {
  const words = useWords();
  const sentence = useErrorSentence();
  const [touch, setTouch] = useState<Touch>({ ...AMOUNTS, strength: 1 });
  const [mixing, setMixing] = useState(false);
  const [weights, setWeights] = useState<Weights>({});
  const faces = usePrepared(prepareForMakeUp, table.pictures, null, "");
  const models = usePrepared(prepareForMakeUp, references.pictures, null, "");
  const modelWork = useWork<Shown>(inOrder(references), "make-up", (id, signal) =>
    models.get(pictureOf(references, id), signal),
  );
  const reference = references.chosen;
  const modelItem = reference ? String(reference.id) : "";
  const modelWaits = modelWork.waits(modelItem);
  const several = mixing && references.pictures.length > 1;
  const [mixed, mixedKey] = mixOf(several ? references.pictures.slice(-MOST_MIXED) : [reference], models, weights);

  // Faces are looked at before there is a reference: whoever gave none is told at once.
  const work = useWork<ShownMadeUp | null>(
    inOrder(table),
    modelWaits ? null : JSON.stringify(mixed.length > 0 ? [mixedKey, touch] : []),
    async (id, signal) => {
      const face = await faces.get(pictureOf(table, id), signal);
      return mixed.length > 0 ? toShown(await makeUp(face.picture, mixed, touch, signal)) : null;
    },
    (made) => made && letGo(made),
  );
  const item = table.chosen ? String(table.chosen.id) : "";
  const busy = work.waits(item) || modelWaits;
  const refused = work.of(item)?.error;
  const modelRefused = modelWork.of(modelItem)?.error;
  const made = work.of(item)?.made;
  return (
    <TranslateLayout
      name={words.makeUp.name}
      ending="make-up"
      settings={{
        reference: reference?.name,
        references: mixed.map(({ name, weight }) => ({ name, weight })),
        ...touch,
      }}
      table={table}
      add={add}
      work={work}
      before={faces.of(table.chosen)}
      busy={busy}
      stale={busy}
      problem={refused ?? (modelRefused && ofReference(modelRefused, references, words, sentence))}
      retry={() => (refused === undefined ? modelWork.retry(modelItem) : work.retry(item))}
      invitation={
        mixed.length === 0 && !modelWaits ? (
          <div className="note note-info">
            <InfoIcon />
            <p className="note-body">{words.makeUp.next}</p>
            <ChooseButton variant="solid" text={words.makeUp.chooseReference} add={addReferences} />
          </div>
        ) : (
          made && !busy && <Limits made={made} />
        )
      }
    >
      <References
        table={references}
        prepared={modelWork}
        chosen={reference?.id}
        choose={references.choose}
        remove={(picture) => references.remove(picture.id)}
        add={addReferences}
      >
        <p className="quiet small">{words.makeUp.referencesHelp}</p>
        {references.pictures.length > 1 && (
          <Toggle text={words.makeUp.mix(MOST_MIXED)} value={mixing} onChange={setMixing} />
        )}
        {several &&
          references.pictures
            .slice(-MOST_MIXED)
            .map((picture) => (
              <Share
                key={picture.id}
                label={words.reference(references.pictures.indexOf(picture) + 1)}
                value={weights[picture.id] ?? 1}
                onChange={(weight) => setWeights((old) => ({ ...old, [picture.id]: weight }))}
              />
            ))}
      </References>
      <Strengths touch={touch} change={setTouch} />
    </TranslateLayout>
  );
}

/** The references that count, and a text that names them with their weights. */
function mixOf(pictures: (Picture | undefined)[], models: Prepared, weights: Weights): [Mixed[], string] {
  const mixed: Mixed[] = [];
  const key: number[][] = [];
  for (const picture of pictures) {
    const model = models.of(picture);
    const weight = pictures.length > 1 && picture ? (weights[picture.id] ?? 1) : 1;
    if (!picture || !model || weight === 0) continue;
    mixed.push({ name: picture.name, picture: model.picture, weight });
    key.push([picture.id, weight]);
  }
  return [mixed, JSON.stringify(key)];
}

function Strengths({ touch, change }: { touch: Touch; change: (touch: Touch) => void }) {
  const words = useWords();
  return (
    <div className={styles.regions} role="group" aria-label={words.makeUp.regions}>
      <p className={styles.label}>{words.makeUp.regions}</p>
      {REGIONS.map((region) => (
        <Share
          key={region}
          label={words.makeUp[region]}
          value={touch[region]}
          onChange={(amount) => change({ ...touch, [region]: amount })}
        />
      ))}
      <Share label={words.makeUp.all} value={touch.strength} onChange={(strength) => change({ ...touch, strength })} />
      <Button onPress={() => change({ ...AMOUNTS, strength: 1 })}>{words.makeUp.reset}</Button>
    </div>
  );
}

/** An error about a reference, with the number of the picture that it is about. */
function ofReference(error: unknown, references: Table, words: Words, sentence: (error: unknown) => string): unknown {
  if (!(error instanceof Problem) || error.status === 0) return error;
  const number = references.chosen ? references.pictures.indexOf(references.chosen) + 1 : 0;
  return new Error(`${words.reference(number)}: ${sentence(error)}`);
}
