// The make-up of a reference on the faces of the table, without any model.
import { useState } from "react";
import { Problem } from "../../api/client";
import { useErrorSentence } from "../../i18n/errors";
import { Toggle } from "../../ui/controls";
import { InfoIcon } from "../../ui/icons";
import { makeUp, prepareForMakeUp, REGIONS, type Touch } from "./api";
import { ChooseButton } from "./intake";
import { inOrder, pictureOf, TranslateLayout } from "./layout";
import styles from "./makeup.module.css";
import type { Table } from "./pictures";
import { References } from "./references";
import { Share } from "./share";
import { letGo, type Shown, toShown } from "./shown";
import { usePrepared } from "./use-prepared";
import { useWork } from "./use-work";
import { useWords, type Words } from "./words";

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
  const [touch, setTouch] = useState<Touch>({ lips: true, eyes: true, skin: true, strength: 1 });
  const faces = usePrepared(prepareForMakeUp, table.pictures, null, "");
  const models = usePrepared(prepareForMakeUp, references.pictures, null, "");
  const modelWork = useWork<Shown>(inOrder(references), "make-up", (id, signal) =>
    models.get(pictureOf(references, id), signal),
  );
  const reference = references.chosen;
  const model = models.of(reference);
  const modelItem = reference ? String(reference.id) : "";
  const modelWaits = modelWork.waits(modelItem);

  // Faces are looked at before there is a reference: whoever gave none is told at once.
  const work = useWork<Shown | null>(
    inOrder(table),
    modelWaits ? null : JSON.stringify(reference && model ? [reference.id, touch] : []),
    async (id, signal) => {
      const face = await faces.get(pictureOf(table, id), signal);
      return model ? toShown(await makeUp(face.picture, model.picture, touch, signal)) : null;
    },
    (made) => made && letGo(made),
  );
  const item = table.chosen ? String(table.chosen.id) : "";
  const busy = work.waits(item) || modelWaits;
  const refused = work.of(item)?.error;
  const modelRefused = modelWork.of(modelItem)?.error;
  return (
    <TranslateLayout
      name={words.makeUp.name}
      ending="make-up"
      settings={{ reference: reference?.name, ...touch }}
      table={table}
      add={add}
      work={work}
      before={faces.of(table.chosen)}
      busy={busy}
      stale={busy}
      problem={refused ?? (modelRefused && ofReference(modelRefused, references, words, sentence))}
      retry={() => (refused === undefined ? modelWork.retry(modelItem) : work.retry(item))}
      invitation={
        !model &&
        !modelWaits && (
          <div className="note note-info">
            <InfoIcon />
            <p className="note-body">{words.makeUp.next}</p>
            <ChooseButton variant="solid" text={words.makeUp.chooseReference} add={addReferences} />
          </div>
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
      </References>
      <div className={styles.regions} role="group" aria-label={words.makeUp.regions}>
        <p className={styles.label}>{words.makeUp.regions}</p>
        {REGIONS.map((region) => (
          <Toggle
            key={region}
            text={words.makeUp[region]}
            value={touch[region]}
            onChange={(on) => setTouch((old) => ({ ...old, [region]: on }))}
          />
        ))}
      </div>
      <Share
        label={words.strength}
        value={touch.strength}
        onChange={(strength) => setTouch((old) => ({ ...old, strength }))}
      />
    </TranslateLayout>
  );
}

/** An error about a reference, with the number of the picture that it is about. */
function ofReference(error: unknown, references: Table, words: Words, sentence: (error: unknown) => string): unknown {
  if (!(error instanceof Problem) || error.status === 0) return error;
  const number = references.chosen ? references.pictures.indexOf(references.chosen) + 1 : 0;
  return new Error(`${words.reference(number)}: ${sentence(error)}`);
}
