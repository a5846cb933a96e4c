import { useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { Button } from "../../ui/controls";
import { recall, remember } from "../../ui/local-storage";
import styles from "./who.module.css";
import { useWords } from "./words";

const KEY = "review.reviewer";
const OWN = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Who reviews: what was said in this browser, else whom the studio names, if this is the machine it runs on. */
export function knownReviewer(named: string | null): string | null {
  return recall(KEY) ?? (OWN.has(location.hostname) ? named : null);
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
