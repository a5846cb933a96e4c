// Where pictures come in: files, folders or a zip, dropped or chosen.
import { useState } from "react";
import { type DirectoryDropItem, type DropItem, DropZone, type FileDropItem, FileTrigger } from "react-aria-components";
import { Button } from "../../ui/controls";
import { ProblemNote, Progress } from "../../ui/feedback";
import { PhotoIcon } from "../../ui/icons";
import styles from "./drop.module.css";
import { commonFolder, type Entry, isZip, useUpload } from "./upload";
import { useWords } from "./words";

const MUSIC = [".mid", ".midi", ".kar", ".mxl", ".musicxml", ".xml"];
const isMusic = ({ path }: Entry) => MUSIC.some((ending) => path.toLowerCase().endsWith(ending));
const IGNORED = /(^|\/)(\.|__MACOSX|Thumbs\.db|desktop\.ini)/;

async function* filesOf(item: FileDropItem | DirectoryDropItem, above = ""): AsyncGenerator<Entry> {
  const path = above + item.name;
  if (item.kind === "file") yield { file: await item.getFile(), path };
  else for await (const inner of item.getEntries()) yield* filesOf(inner, `${path}/`);
}

async function entriesOf(items: readonly DropItem[]): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const item of items) if (item.kind !== "text") for await (const entry of filesOf(item)) found.push(entry);
  return found;
}

const chosenEntries = (files: FileList): Entry[] =>
  [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

type Props = { into?: string; resuming?: boolean; arrived: (id: string) => void };

/** Takes pictures into a new set, or into one that exists, and says how far it is. */
export function PicturesDrop({ into, resuming, arrived }: Props) {
  const words = useWords();
  const { sending, error, send, cancel } = useUpload(arrived, resuming);
  const [empty, setEmpty] = useState(false);
  const take = (all: readonly Entry[]) => {
    const entries = all.filter(({ path }) => !IGNORED.test(path));
    setEmpty(entries.length === 0);
    if (!entries.length) return;
    const zip = entries.length === 1 && entries[0] && isZip(entries[0].file) ? entries[0].file.name.slice(0, -4) : "";
    const usualName = entries.some(isMusic) ? words.defaultMusic : words.defaultName;
    void send(entries, zip || commonFolder(entries) || usualName, into);
  };
  if (sending)
    return (
      <div className={styles.sending} role="status">
        <Progress
          value={sending.kind === "zip" ? sending.percent / 100 : sending.done / sending.all}
          label={words.pictures}
        />
        <div className={styles.row}>
          <p className="figures">
            {sending.kind === "zip" ? words.sendingZip(sending.percent) : words.sending(sending.done, sending.all)}
          </p>
          <Button onPress={cancel}>{words.cancel}</Button>
        </div>
        <p className="quiet small">{words.leaving}</p>
      </div>
    );
  const choose = (files: FileList | null) => files?.length && take(chosenEntries(files));
  return (
    <>
      {error !== null && <ProblemNote error={error} />}
      {empty && <p role="alert">{words.nothing}</p>}
      <DropZone
        className={`drop ${styles.drop}`}
        aria-label={words.pictures}
        onDrop={async ({ items }) => take(await entriesOf(items))}
      >
        <PhotoIcon />
        <p>{words.drop}</p>
        <div className={styles.row}>
          <FileTrigger allowsMultiple acceptedFileTypes={["image/*", ...MUSIC]} onSelect={choose}>
            <Button variant="solid">{words.choosePictures}</Button>
          </FileTrigger>
          <FileTrigger acceptDirectory onSelect={choose}>
            <Button>{words.chooseFolder}</Button>
          </FileTrigger>
          <FileTrigger acceptedFileTypes={[".zip", "application/zip"]} onSelect={choose}>
            <Button>{words.chooseZip}</Button>
          </FileTrigger>
        </div>
        <p className="quiet small">{words.kinds}</p>
      </DropZone>
    </>
  );
}
