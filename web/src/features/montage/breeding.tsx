import { useState } from "react";
import { ToggleButton } from "react-aria-components";
import { useNewest } from "../../api/use-newest";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { breed } from "./api";
import { Faces } from "./faces";
import styles from "./page.module.css";
import type { Rounds } from "./use-rounds";
import { useWords } from "./words";

const MOST = 6;

/** A page of faces to pick from, and what the next page is made of. */
export function Breeding({
  bundle,
  rounds,
  finish,
}: {
  bundle: string;
  rounds: Rounds;
  finish: (code: string) => void;
}) {
  const words = useWords();
  const [marks, setMarks] = useState<{ page: unknown; codes: readonly string[] }>({ page: null, codes: [] });
  const picked = marks.page === rounds.page ? marks.codes : [];
  const { answer, error, busy, retry } = useNewest(JSON.stringify(rounds.page), (signal) =>
    breed(bundle, rounds.page, signal),
  );
  const pick = (code: string) => {
    const rest = picked.filter((each) => each !== code);
    if (rest.length < picked.length) setMarks({ page: rounds.page, codes: rest });
    else if (picked.length < MOST) setMarks({ page: rounds.page, codes: [...picked, code] });
  };
  return (
    <div className={styles.breeding}>
      <section className={styles.stage} aria-label={words.faces}>
        <h2>{words.round(rounds.page.round ?? 0)}</h2>
        <p className="quiet small">{words.hint}</p>
        {error !== undefined && <ProblemNote error={error} retry={retry} />}
        {!answer && error === undefined && (
          <p role="status" className="quiet">
            {words.drawing}
          </p>
        )}
        {answer && (
          <Faces label={words.faces} name={words.face} faces={answer.faces} picked={picked} pick={pick} busy={busy} />
        )}
      </section>
      <div className={styles.side}>
        <p role="status">{words.picked(picked.length)}</p>
        <Button variant="solid" isDisabled={busy || picked.length === 0} onPress={() => rounds.next(picked)}>
          {words.breed}
        </Button>
        <div className={styles.row}>
          <Button isDisabled={busy} onPress={() => rounds.next([])}>
            {words.fresh}
          </Button>
          <Button isDisabled={rounds.before === 0} onPress={rounds.undo}>
            {words.undo}
          </Button>
        </div>
        <fieldset className={styles.locks}>
          <legend>{words.lock}</legend>
          {(answer?.parts ?? []).map((part) => (
            <ToggleButton
              key={part}
              className="button button-soft button-toggle"
              isSelected={rounds.locked.includes(part)}
              isDisabled={picked.length === 0 && !rounds.locked.includes(part)}
              onChange={(on) => rounds.lock(part, on, picked[0])}
            >
              {words.parts[part] ?? part}
            </ToggleButton>
          ))}
          {picked.length === 0 && <p className="quiet small">{words.lockHint}</p>}
        </fieldset>
        <Button isDisabled={busy || picked.length !== 1} onPress={() => finish(picked[0] as string)}>
          {words.finish}
        </Button>
        {picked.length !== 1 && <p className="quiet small">{words.finishHint}</p>}
      </div>
    </div>
  );
}
