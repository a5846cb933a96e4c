// Pictures come in: chosen, dropped or pasted anywhere on the page, or from the camera.
import { useEffect, useRef, useState } from "react";
import { FileTrigger } from "react-aria-components";
import { CameraButton } from "../../ui/camera";
import { Button } from "../../ui/controls";
import { ProblemNote } from "../../ui/feedback";
import { PhotoIcon } from "../../ui/icons";
import { ExamplePhotos } from "./examples";
import styles from "./intake.module.css";
import { useWords } from "./words";

/** Takes files that are dropped or pasted while the page is open. → whether some are held over it. */
export function useArrivals(add: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    const carries = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const hold = (event: DragEvent) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(false);
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) latest.current(files);
    };
    window.addEventListener("dragover", hold);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragover", hold);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, []);
  return over;
}

/** Where nothing is on the table yet. */
export function Intake({ add, over, note }: { add: (files: Blob[]) => void; over: boolean; note: string | undefined }) {
  const words = useWords();
  const [problem, setProblem] = useState<unknown>();
  return (
    <section className={styles.drop} aria-label={words.choose} data-drop-target={over || undefined}>
      <PhotoIcon />
      <p>{words.drop}</p>
      <div className={styles.row}>
        <ChooseButton variant="solid" text={words.choose} add={add} />
        <CameraButton take={(picture) => add([picture])} />
      </div>
      {note && <p className={styles.face}>{note}</p>}
      <p className="quiet small">{words.kinds}</p>
      <ExamplePhotos add={add} failed={setProblem} />
      {problem !== undefined && <ProblemNote error={problem} />}
    </section>
  );
}

export function ChooseButton({
  text,
  add,
  variant = "soft",
}: {
  text: string;
  add: (files: Blob[]) => void;
  variant?: "solid" | "soft";
}) {
  return (
    <FileTrigger acceptedFileTypes={["image/*"]} allowsMultiple onSelect={(files) => files?.length && add([...files])}>
      <Button variant={variant}>{text}</Button>
    </FileTrigger>
  );
}
