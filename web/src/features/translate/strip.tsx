// All pictures on the table, each with what was made of it; one is chosen.
import { ToggleButton } from "react-aria-components";
import { IconButton } from "../../ui/controls";
import { CloseIcon } from "../../ui/icons";
import type { Picture, Table } from "./pictures";
import styles from "./references.module.css";
import { useWords } from "./words";

export function Strip({
  table,
  madeOf,
  failed,
  waits,
}: {
  table: Table;
  madeOf: (picture: Picture) => string | undefined;
  failed: (picture: Picture) => boolean;
  waits: (picture: Picture) => boolean;
}) {
  const words = useWords();
  if (table.pictures.length < 2) return null;
  return (
    <ul className={styles.strip} aria-label={words.strip}>
      {table.pictures.map((picture, index) => {
        const made = madeOf(picture);
        return (
          <li key={picture.id}>
            <ToggleButton
              className={styles.tile}
              aria-label={`${words.pictureOf(index + 1, picture.name)}${failed(picture) ? ` (${words.failed})` : ""}`}
              isSelected={table.chosen?.id === picture.id}
              onChange={() => table.choose(picture.id)}
              data-failed={failed(picture) || undefined}
              data-waits={waits(picture) || undefined}
            >
              <Thumbnail address={made ?? picture.address} />
            </ToggleButton>
            <span className={styles.remove}>
              <IconButton name={words.remove(picture.name)} onPress={() => table.remove(picture.id)}>
                <CloseIcon />
              </IconButton>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** A picture in small. Kinds the browser cannot show leave an empty place. */
export function Thumbnail({ address }: { address: string }) {
  return (
    <img
      key={address}
      src={address}
      alt=""
      onError={(event) => {
        event.currentTarget.style.visibility = "hidden";
      }}
    />
  );
}
