import { ToggleButton } from "react-aria-components";
import { IconButton } from "../../ui/controls";
import { ClearIcon } from "../../ui/icons";
import type { Piece } from "./api";
import styles from "./kept.module.css";
import { useWords } from "./words";

export type Named = { name: string; piece: Piece };

/** Pieces that were kept, to be compared with the current one: the chosen one is shown and played. */
export function Kept({
  kept,
  shown,
  show,
  remove,
}: {
  kept: readonly Named[];
  /** The kept piece that is shown; null: the current one. */
  shown: Named | null;
  show: (piece: Named | null) => void;
  remove: (piece: Named) => void;
}) {
  const words = useWords();
  if (kept.length === 0) return null;
  const toggle = (name: string, piece: Named | null) => (
    <ToggleButton
      className="button button-soft button-toggle"
      isSelected={shown === piece}
      onChange={() => show(piece)}
    >
      {name}
    </ToggleButton>
  );
  return (
    <ul className={styles.kept} aria-label={words.kept}>
      <li>{toggle(words.current, null)}</li>
      {kept.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two pieces may have one name
        <li key={`${each.name} ${index}`}>
          {toggle(each.name, each)}
          <IconButton name={words.remove(each.name)} onPress={() => remove(each)}>
            <ClearIcon />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
