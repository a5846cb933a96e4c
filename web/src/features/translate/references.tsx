// Pictures whose style or make-up is taken; one is chosen.
import type { ReactNode } from "react";
import { ToggleButton } from "react-aria-components";
import { CameraButton } from "../../ui/camera";
import { IconButton } from "../../ui/controls";
import { CloseIcon } from "../../ui/icons";
import { ChooseButton } from "./intake";
import makeupStyles from "./makeup.module.css";
import type { Picture, Table } from "./pictures";
import styles from "./references.module.css";
import type { Shown } from "./shown";
import { Thumbnail } from "./strip";
import type { Work } from "./use-work";
import { useWords } from "./words";

export function References({
  table,
  prepared,
  chosen,
  choose,
  remove,
  add,
  children,
}: {
  table: Table;
  prepared: Work<Shown>;
  chosen: number | undefined;
  choose: (id: number) => void;
  remove: (picture: Picture) => void;
  add: (files: Blob[]) => void;
  children: ReactNode;
}) {
  const words = useWords();
  return (
    <section aria-label={words.references}>
      <p className={makeupStyles.label}>{words.references}</p>
      <ul className={styles.gallery}>
        {table.pictures.map((picture, index) => {
          const outcome = prepared.of(String(picture.id));
          return (
            <li key={picture.id}>
              <ToggleButton
                className={styles.tile}
                aria-label={words.reference(index + 1)}
                isSelected={chosen === picture.id}
                onChange={() => choose(picture.id)}
                data-failed={outcome?.error !== undefined || undefined}
              >
                <Thumbnail address={outcome?.made?.address ?? picture.address} />
              </ToggleButton>
              <span className={styles.remove}>
                <IconButton name={words.remove(words.reference(index + 1))} onPress={() => remove(picture)}>
                  <CloseIcon />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ul>
      <div className="panel-actions">
        <ChooseButton text={words.addReference} add={add} />
        <CameraButton text={words.takeReference} take={(picture) => add([picture])} />
      </div>
      {children}
    </section>
  );
}
