import { useEffect, useRef } from "react";
import { DropZone, FileTrigger } from "react-aria-components";
import { useWords } from "../i18n/provider";
import { Button } from "./controls";
import { PhotoIcon } from "./icons";

/** Takes a picture by drop, by paste or by choosing a file. */
export function PictureDrop({
  load,
  kinds,
}: {
  load: (file: Blob) => void;
  /** Which pictures can be read; left out: those that the studio reads. */
  kinds?: string;
}) {
  const words = useWords().picture;
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (file) latest.current(file);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, []);
  return (
    <DropZone
      className="drop"
      aria-label={words.choose}
      onDrop={async (event) => {
        const item = event.items.find((each) => each.kind === "file");
        if (item?.kind === "file") load(await item.getFile());
      }}
    >
      <PhotoIcon />
      <p>{words.drop}</p>
      <FileTrigger acceptedFileTypes={["image/*"]} onSelect={(files) => files?.[0] && load(files[0])}>
        <Button variant="solid">{words.choose}</Button>
      </FileTrigger>
      <p className="quiet small">{kinds ?? words.kinds}</p>
    </DropZone>
  );
}
