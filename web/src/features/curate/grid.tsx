// Many pictures at once: a page of them fits on the screen, and the keys go from one to the next.
import { memo, useEffect, useRef } from "react";
import { IconButton } from "../../ui/controls";
import { BackIcon, CheckIcon, ForwardIcon } from "../../ui/icons";
import factsStyles from "./facts.module.css";
import styles from "./grid.module.css";
import { CompareIcon, DropIcon, SkipIcon } from "./icons";
import { addressOf, Mounted } from "./picture";
import pictureStyles from "./picture.module.css";
import type { Pool } from "./pool";
import type { Item, Said } from "./store";
import { useWords } from "./words";

export const CELL = 148; // the least side of a picture in the grid, in CSS pixels
export const SMALL_CELL = 104; // on a phone

export function thumbnailOf(item: Item): string {
  return addressOf(item.picture, CELL * 1.4 * window.devicePixelRatio);
}

export function Grid({
  pool,
  items,
  first,
  cursor,
  columns,
  rows,
  pages,
  page,
  reasonOf,
  choose,
  turn,
}: {
  pool: Pool;
  items: Item[];
  first: number;
  cursor: number;
  columns: number;
  rows: number;
  pages: number;
  page: number;
  reasonOf: (key: string | null) => string;
  choose: (index: number) => void;
  turn: (by: number) => void;
}) {
  const words = useWords();
  return (
    <div className={styles.gridFrame}>
      <div
        role="group"
        aria-label={words.page(page + 1, pages)}
        className={styles.grid}
        style={{ "--columns": columns, "--rows": rows } as React.CSSProperties}
      >
        {items.map((item, index) => (
          <Cell
            key={item.picture.id}
            pool={pool}
            item={item}
            index={first + index}
            current={first + index === cursor}
            reason={item.said?.verdict === "drop" ? reasonOf(item.said.reason) : ""}
            choose={choose}
          />
        ))}
      </div>
      <div className={styles.pages}>
        <IconButton name={words.previous} isDisabled={page === 0} onPress={() => turn(-1)}>
          <BackIcon />
        </IconButton>
        <span className="quiet small figures">{words.page(page + 1, pages)}</span>
        <IconButton name={words.next} isDisabled={page + 1 >= pages} onPress={() => turn(1)}>
          <ForwardIcon />
        </IconButton>
      </div>
    </div>
  );
}

const Cell = memo(function Cell({
  pool,
  item,
  index,
  current,
  reason,
  choose,
}: {
  pool: Pool;
  item: Item;
  index: number;
  current: boolean;
  reason: string;
  choose: (index: number) => void;
}) {
  const words = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The focus follows the keys, but is not taken from a control somebody is using.
    const held = document.activeElement;
    if (current && (held === document.body || held?.closest(".review-stage"))) button.current?.focus();
  }, [current]);
  const { picture, said } = item;
  const label = words.picture(index + 1, `${picture.width} × ${picture.height}`);
  return (
    <button
      ref={button}
      type="button"
      data-cell
      className={pictureStyles.cell}
      data-said={item.open ? undefined : said?.verdict}
      aria-current={current || undefined}
      tabIndex={current ? 0 : -1}
      aria-label={[label, said && !item.open ? saying(said, reason, words) : ""].filter(Boolean).join(", ")}
      onClick={() => choose(index)}
    >
      <Mounted pool={pool} address={thumbnailOf(item)} label="" />
      <span className={styles.cellFoot} aria-hidden="true">
        <span className={factsStyles.cellScore} data-bad={picture.score < 0.5 || undefined}>
          <span style={{ transform: `scaleX(${Math.max(0.03, picture.score)})` }} />
        </span>
        {picture.duplicates.length > 0 && <CompareIcon />}
      </span>
      {said && !item.open && (
        <span className={styles.cellSaid} aria-hidden="true">
          {said.verdict === "keep" ? <CheckIcon /> : said.verdict === "drop" ? <DropIcon /> : <SkipIcon />}
          {reason && <span>{reason}</span>}
        </span>
      )}
    </button>
  );
});

export function saying(said: Said, reason: string, words: ReturnType<typeof useWords>): string {
  if (said.verdict === "keep") return words.saidKeep;
  return said.verdict === "skip" ? words.saidSkip : words.saidDrop(reason);
}
