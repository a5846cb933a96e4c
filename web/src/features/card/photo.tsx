// The photograph: chosen, dropped, pasted, from the camera, or an example.
import { useState } from "react";
import { loadExample, PHOTOS } from "../../api/examples";
import { Examples } from "../../ui/examples";
import { ProblemNote } from "../../ui/feedback";
import { PictureDrop } from "../../ui/picture-drop";
import styles from "./card.module.css";
import { useWords } from "./words";

export function PhotoIntake({ take }: { take: (photo: Blob) => void }) {
  const words = useWords();
  const [problem, setProblem] = useState<unknown>();
  return (
    <div className={styles.intake}>
      <PictureDrop load={take} camera />
      <p className={styles.note}>{words.face}</p>
      <Examples
        title={words.examples}
        credit={words.examplesCredit}
        entries={PHOTOS.map((address, index) => ({
          name: words.example(index + 1),
          picture: <img src={address} alt="" loading="lazy" />,
          take: () => void loadExample(address).then(take).catch(setProblem),
        }))}
      />
      {problem !== undefined && <ProblemNote error={problem} />}
    </div>
  );
}
