// Consent, then a picture: dropped, pasted, chosen, or one of the examples.
import { useState } from "react";
import { loadExample, PHOTOS } from "../../api/examples";
import { Toggle } from "../../ui/controls";
import { Examples } from "../../ui/examples";
import { ProblemNote } from "../../ui/feedback";
import { PictureDrop } from "../../ui/picture-drop";
import styles from "./page.module.css";
import { useWords } from "./words";

export function Intake({
  agreed,
  agree,
  take,
}: {
  agreed: boolean;
  agree: (agreed: boolean) => void;
  take: (picture: Blob) => void;
}) {
  const words = useWords();
  const [problem, setProblem] = useState<unknown>();
  return (
    <div className={styles.intake}>
      <section className={styles.consent} aria-label={words.consentTitle}>
        <h2>{words.consentTitle}</h2>
        <p>{words.consent}</p>
        <Toggle text={words.agree} value={agreed} onChange={agree} />
      </section>
      {agreed && (
        <>
          <PictureDrop load={take} camera />
          <Examples
            title={words.examples}
            credit={words.examplesCredit}
            entries={PHOTOS.map((address, index) => ({
              name: words.example(index + 1),
              picture: <img src={address} alt="" loading="lazy" />,
              take: () => void loadExample(address).then(take).catch(setProblem),
            }))}
          />
        </>
      )}
      {problem !== undefined && <ProblemNote error={problem} />}
    </div>
  );
}
