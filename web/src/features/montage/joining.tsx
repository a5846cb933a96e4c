import { useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { useNewest } from "../../api/use-newest";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { morph } from "./api";
import { Faces } from "./faces";
import styles from "./page.module.css";
import { useWords } from "./words";

/** Another witness's face: opened, or joined with one's own. */
export function Joining({ bundle, face, take }: { bundle: string; face: string; take: (code: string) => void }) {
  const words = useWords();
  const [text, setText] = useState("");
  const [pair, setPair] = useState<readonly [string, string]>();
  const { answer, error, busy, retry } = useNewest(pair === undefined ? null : JSON.stringify(pair), (signal) => {
    const [first, second] = pair as readonly [string, string];
    return morph(bundle, first, second, signal);
  });
  const other = text.trim();
  return (
    <div className={styles.card}>
      <TextField className="field" value={text} onChange={setText} maxLength={1400}>
        <Label>{words.other}</Label>
        <Input spellCheck={false} autoComplete="off" />
      </TextField>
      <div className={styles.row}>
        <Button isDisabled={other === ""} onPress={() => setPair([face, other])}>
          {words.join}
        </Button>
        <Button isDisabled={other === ""} onPress={() => take(other)}>
          {words.open}
        </Button>
      </div>
      {error !== undefined && <ProblemNote error={error} retry={retry} />}
      {answer && pair && (
        <>
          <p className="quiet small">{words.joined}</p>
          <Faces label={words.joined} name={words.step} faces={answer.faces} picked={[]} pick={take} busy={busy} />
        </>
      )}
    </div>
  );
}
