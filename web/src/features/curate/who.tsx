import { useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import type { Session } from "../../api/types";
import { Button } from "../../ui/controls";
import { recall, remember } from "../../ui/local-storage";
import styles from "./who.module.css";
import { useWords } from "./words";

const KEY = "review.reviewer";

/** Who reviews: the name that belongs to the token, else what was said in this browser, else whom the studio names. */
export function knownReviewer(named: string | null, session: Session | undefined): string | null {
  return session?.named ? named : (recall(KEY) ?? named);
}

/** Asks for a name. */
export function Who({ before, begin }: { before: string; begin: (name: string) => void }) {
  const words = useWords();
  const [name, setName] = useState(before);
  const tidy = name.trim().replace(/\s+/g, " ");
  const usable = tidy.length > 0 && tidy.length <= 100 && tidy !== "checks"; // the checks' own name
  return (
    <form
      className={`empty ${styles.who}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!usable) return;
        remember(KEY, tidy);
        begin(tidy);
      }}
    >
      <h2>{words.who}</h2>
      <p>{words.whoHelp}</p>
      <TextField className="field" value={name} onChange={setName} maxLength={100} autoFocus>
        <Label>{words.name}</Label>
        <Input autoComplete="name" />
      </TextField>
      <Button variant="solid" type="submit" isDisabled={!usable}>
        {words.begin}
      </Button>
      <p className="quiet small">{words.never}</p>
    </form>
  );
}
