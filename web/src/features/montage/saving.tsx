import { useState } from "react";
import { Button, Toggle } from "../../ui/controls";
import { download } from "../../ui/download";
import { ProblemNote } from "../../ui/feedback";
import { exportFace } from "./api";
import styles from "./page.module.css";
import { useWords } from "./words";

/** Saves the face as a picture with its origin, and shows its code. */
export function Saving({ bundle, face, round }: { bundle: string; face: string; round: number }) {
  const words = useWords();
  const [visible, setVisible] = useState(true);
  const [error, setError] = useState<unknown>();
  const [copied, setCopied] = useState("");
  const save = async () => {
    setError(undefined);
    try {
      download(await exportFace(bundle, face, round, visible), "montage.png");
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <div className={styles.card}>
      <Button variant="solid" onPress={() => void save()}>
        {words.save}
      </Button>
      <Toggle text={words.visible} value={visible} onChange={setVisible} />
      <p className="quiet small">{words.saveHint}</p>
      {error !== undefined && <ProblemNote error={error} />}
      <details>
        <summary>{words.code}</summary>
        <p className="quiet small">{words.codeHint}</p>
        <code className={styles.code}>{face}</code>
        <Button onPress={() => void navigator.clipboard?.writeText(face).then(() => setCopied(face))}>
          {copied === face ? words.copied : words.copy}
        </Button>
      </details>
    </div>
  );
}
