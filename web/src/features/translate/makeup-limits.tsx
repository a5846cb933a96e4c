// Consent before any face is sent, and what was reduced or left out of the make-up that was asked for.
import { Toggle } from "../../ui/controls";
import { InfoIcon } from "../../ui/icons";
import type { MadeUp } from "./api";
import styles from "./makeup.module.css";
import type { Shown } from "./shown";
import { useWords } from "./words";

export type ShownMadeUp = Shown & MadeUp;

export function Consent({ agreed, agree }: { agreed: boolean; agree: (agreed: boolean) => void }) {
  const words = useWords().makeUp;
  return (
    <section className={styles.consent} aria-label={words.consentTitle}>
      <h2>{words.consentTitle}</h2>
      <p>{words.consent}</p>
      <Toggle text={words.agree} value={agreed} onChange={agree} />
    </section>
  );
}

export function Limits({ made: { share, eyesShare, missing } }: { made: ShownMadeUp }) {
  const words = useWords().makeUp;
  const said = [];
  if (share < 1) said.push(words.reduced(share));
  else if (eyesShare < 1) said.push(words.eyesReduced(eyesShare));
  if (missing.length > 0) said.push(words.missing(missing.map((region) => words[region])));
  if (said.length === 0) return null;
  return (
    <div className="note note-info" role="status">
      <InfoIcon />
      <p className="note-body">{said.join(" ")}</p>
    </div>
  );
}
