// What is chosen about the pictures of the table on one side; on the other what is made of them.
import { type ReactNode, useState } from "react";
import { useWords as useSharedWords } from "../../i18n/provider";
import { saveAll } from "../../ui/archive";
import { CameraButton } from "../../ui/camera";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { ClearIcon, DownloadIcon } from "../../ui/icons";
import { Onward } from "../../ui/onward";
import type { Overlay } from "./beside";
import { ChooseButton } from "./intake";
import intakeStyles from "./intake.module.css";
import styles from "./layout.module.css";
import type { Picture, Table } from "./pictures";
import { type Shown, sideBySide } from "./shown";
import { Stage, type View } from "./stage";
import { Strip } from "./strip";
import type { Work } from "./use-work";
import { useWords } from "./words";

/** The pictures in the order in which they are worked on: the chosen one first. */
export function inOrder({ chosen, pictures }: Table): string[] {
  const order = chosen ? [chosen, ...pictures.filter((each) => each !== chosen)] : [];
  return order.map((each) => String(each.id));
}

export const pictureOf = (table: Table, id: string) => table.pictures.find((each) => String(each.id) === id) as Picture;

export function TranslateLayout({
  name,
  ending,
  table,
  add,
  work,
  before,
  scale = 1,
  overlay,
  busy,
  stale,
  problem,
  retry,
  invitation,
  settings,
  children,
}: {
  name: string;
  /** What the names of saved pictures end with. */
  ending: string;
  table: Table;
  add: (files: Blob[]) => void;
  /** Of the pictures; null: nothing is asked of them yet. */
  work: Work<Shown | null>;
  before: Shown | undefined;
  /** How many times larger the answer is than what was given. */
  scale?: number;
  overlay?: Overlay | undefined;
  busy: boolean;
  stale: boolean;
  problem: unknown;
  retry: () => void;
  /** What is still wanted before there can be an answer. */
  invitation?: ReactNode;
  /** What was chosen, for the file that is saved with all pictures. */
  settings: object;
  /** The settings. */
  children: ReactNode;
}) {
  const words = useWords();
  const { saveAll: saveAllText } = useSharedWords();
  const [view, setView] = useState<View>(scale > 1 ? "lens" : "slide");
  const { chosen, pictures } = table;
  const after = (chosen && work.of(String(chosen.id))?.made) ?? undefined;
  const nameOf = (picture: Picture | undefined, what: string) =>
    `${(picture?.name ?? "picture").replace(/\.[^.]+$/, "")}-${ending}${what}.png`;
  const save = (picture: Blob, what: string) => download(picture, nameOf(chosen, what));
  const results = () =>
    pictures.flatMap((each) => {
      const made = work.of(String(each.id))?.made;
      return made ? [{ name: nameOf(each, ""), content: made.picture, about: { source: each.name } }] : [];
    });
  return (
    <div className={`bench ${styles.bench}`}>
      <section className="panel" aria-label={name}>
        {children}
        <div className="panel-actions">
          <ChooseButton text={words.add} add={add} />
          <CameraButton take={(picture) => add([picture])} />
        </div>
      </section>
      <div className="stage-side">
        <Stage
          scale={scale}
          picture={chosen}
          before={before}
          after={after}
          busy={busy}
          stale={stale}
          view={view}
          onView={setView}
          overlay={overlay}
          problem={problem}
          retry={retry}
          invitation={invitation}
        />
        <div className={intakeStyles.foot}>
          <Button variant="solid" isDisabled={!after || stale} onPress={() => after && save(after.picture, "")}>
            <DownloadIcon />
            {words.save}
          </Button>
          <Button
            isDisabled={!after || !before || stale}
            onPress={async () => before && after && save(await sideBySide(before.picture, after.picture), "-pair")}
          >
            <DownloadIcon />
            {words.savePair}
          </Button>
          {pictures.length > 1 && (
            <Button
              isDisabled={pictures.some((each) => work.waits(String(each.id)))}
              onPress={() => saveAll(`${ending}.zip`, results(), { model: ending, ...settings })}
            >
              <DownloadIcon />
              {saveAllText}
            </Button>
          )}
          <Onward
            name={after ? nameOf(chosen, "") : ""}
            picture={stale ? undefined : after?.picture}
            enlarges={scale === 1}
          />
          {chosen && pictures.length === 1 && (
            <Button variant="bare" onPress={() => table.remove(chosen.id)} aria-label={words.remove(chosen.name)}>
              <ClearIcon />
              {words.removeThis}
            </Button>
          )}
        </div>
        <Strip
          table={table}
          madeOf={(picture) => work.of(String(picture.id))?.made?.address}
          failed={(picture) => work.of(String(picture.id))?.error !== undefined}
          waits={(picture) => work.waits(String(picture.id))}
        />
      </div>
    </div>
  );
}
