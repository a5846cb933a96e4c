import { useState } from "react";
import { useNewest } from "../../api/use-newest";
import { Button, Choice } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { breed, changePart } from "./api";
import { Faces } from "./faces";
import { Joining } from "./joining";
import styles from "./page.module.css";
import { Saving } from "./saving";
import { useWords } from "./words";

/** One face: its parts exchanged from a tray, joined with another one, and saved. */
export function FaceRoom({
  bundle,
  face,
  round,
  back,
  breed: breedFrom,
}: {
  bundle: string;
  face: string;
  round: number;
  back: () => void;
  breed: (code: string) => void;
}) {
  const words = useWords();
  const [faces, setFaces] = useState<readonly string[]>([face]);
  const code = faces.at(-1) as string;
  const take = (next: string) => setFaces([...faces, next]);
  // A page of this face alone: it comes first and unchanged.
  const own = useNewest(code, (signal) =>
    breed(bundle, { seed: 0, round: 1, picked: [code], locked: [], count: 1 }, signal),
  );
  const shown = own.answer?.faces[0];
  return (
    <div className={styles.breeding}>
      <section className={styles.stage} aria-label={words.chosen}>
        <h2>{words.chosen}</h2>
        {own.error !== undefined && <ProblemNote error={own.error} retry={own.retry} />}
        {shown && (
          <img
            className={styles.large}
            src={shown.picture}
            alt={words.chosen}
            width={384}
            height={384}
            data-stale={own.busy || undefined}
          />
        )}
        <Tray bundle={bundle} face={code} parts={own.answer?.parts ?? []} take={take} />
      </section>
      <div className={styles.side}>
        <div className={styles.row}>
          <Button isDisabled={faces.length === 1} onPress={() => setFaces(faces.slice(0, -1))}>
            {words.undoPart}
          </Button>
          <Button onPress={() => breedFrom(code)}>{words.breedThis}</Button>
          <Button onPress={back}>{words.back}</Button>
        </div>
        <Saving bundle={bundle} face={code} round={round} />
        <Joining bundle={bundle} face={code} take={take} />
      </div>
    </div>
  );
}

/** The same face with a part of other drawings; the face on which one presses takes its place. */
function Tray({
  bundle,
  face,
  parts,
  take,
}: {
  bundle: string;
  face: string;
  parts: readonly string[];
  take: (code: string) => void;
}) {
  const words = useWords();
  const [chosen, setChosen] = useState<string>();
  const [seed, setSeed] = useState(0);
  const part = chosen ?? parts[0];
  const { answer, error, busy, retry } = useNewest(
    part === undefined ? null : JSON.stringify([face, part, seed]),
    (signal) => changePart(bundle, face, part as string, seed, signal),
  );
  if (part === undefined) return null;
  return (
    <>
      <Choice
        label={words.part}
        value={part}
        onChange={setChosen}
        options={parts.map((each) => ({ value: each, text: words.parts[each] ?? each }))}
      />
      {error !== undefined && <ProblemNote error={error} retry={retry} />}
      {answer && (
        <Faces
          label={words.tray(words.parts[part] ?? part)}
          name={words.variant}
          faces={answer.faces}
          picked={[]}
          pick={take}
          busy={busy}
        />
      )}
      <Button isDisabled={busy} onPress={() => setSeed(seed + 1)}>
        {words.others}
      </Button>
    </>
  );
}
