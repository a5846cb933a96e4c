import { useEffect, useRef } from "react";
import { DropZone, FileTrigger } from "react-aria-components";
import { useWords } from "../i18n/provider";
import { CameraButton } from "./camera";
import { Button } from "./controls";
import { PhotoIcon } from "./icons";

/** Takes a picture by drop, by paste or by choosing a file. */
export function PictureDrop({
  load,
  kinds,
  camera = false,
}: {
  load: (file: Blob) => void;
  /** A photograph is asked for, which the camera can take as well. */
  camera?: boolean;
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
      <div className="drop-ways">
        <FileTrigger acceptedFileTypes={["image/*"]} onSelect={(files) => files?.[0] && load(files[0])}>
          <Button variant="solid">{words.choose}</Button>
        </FileTrigger>
        {camera && <CameraButton take={load} />}
      </div>
      <p className="quiet small">{kinds ?? words.kinds}</p>
    </DropZone>
  );
}
