import { type ReactNode, useEffect, useState } from "react";
import type { PressEvent } from "react-aria-components";
import { Button } from "../../ui/controls";
import { CheckIcon, UndoIcon } from "../../ui/icons";
import { saying } from "./grid";
import { DropIcon, SkipIcon } from "./icons";
import styles from "./layout.module.css";
import type { View } from "./store";
import { useWords } from "./words";

const NOTICE_MS = 2500;

/** The buttons of the verdicts, and what the last one was. */
export function VerdictBar({
  view,
  hasItem,
  others,
  notice,
  reasonOf,
  focusPictures,
  undo,
  keepOthers,
  proposals,
  sayProposed,
  skip,
  chooseReason,
  keep,
}: {
  view: View;
  hasItem: boolean;
  /** How many pictures beside can be kept at once; 0: none. */
  others: number;
  /** A notice in place of the last verdict; "" for none. */
  notice: string;
  reasonOf: (key: string | null) => string;
  focusPictures: () => void;
  undo: () => void;
  keepOthers: () => void;
  /** For how many pictures in sight the checks propose a verdict. */
  proposals: number;
  sayProposed: () => void;
  skip: () => void;
  chooseReason: () => void;
  keep: () => void;
}) {
  const words = useWords();
  // After a click the keys belong to the pictures again: Space must not press the button that was clicked.
  const by = (does: () => void) => (event: PressEvent) => {
    does();
    if (event.pointerType !== "keyboard" && event.pointerType !== "virtual") focusPictures();
  };
  const { last } = view;
  const lastVerdict =
    last &&
    (last.said === "undone"
      ? words.saidUndone
      : last.said === "proposed"
        ? words.saidProposed(last.count)
        : last.count > 1
          ? words.saidMany(last.count)
          : saying(last.said, reasonOf(last.said.reason), words));
  return (
    <div className={styles.actions}>
      <Button variant="soft" isDisabled={!view.canUndo} onPress={by(undo)}>
        <UndoIcon />
        {words.undo} <kbd>U</kbd>
      </Button>
      <Notice about={notice || last}>{notice || lastVerdict}</Notice>
      {proposals > 0 && (
        <Button variant="soft" onPress={by(sayProposed)}>
          {proposals === 1 ? words.doProposed : words.doAllProposed(proposals)} <kbd>C</kbd>
        </Button>
      )}
      {others > 0 && (
        <Button variant="soft" onPress={by(keepOthers)}>
          {words.rest(others)} <kbd>A</kbd>
        </Button>
      )}
      <Button variant="soft" isDisabled={!hasItem} onPress={by(skip)}>
        <SkipIcon />
        {words.skip} <kbd>S</kbd>
      </Button>
      <span className={styles.narrow}>
        <Button variant="soft" isDisabled={!hasItem} onPress={by(chooseReason)}>
          <DropIcon />
          {words.drop}…
        </Button>
      </span>
      <Button variant="solid" isDisabled={!hasItem} onPress={by(keep)}>
        <CheckIcon />
        {words.keep} <kbd>K</kbd>
      </Button>
    </div>
  );
}

/** What was done last. Where it covers something else it disappears after a moment. */
function Notice({ about, children }: { about: unknown; children: ReactNode }) {
  const [gone, setGone] = useState(false);
  useEffect(() => {
    setGone(!about);
    const timer = setTimeout(() => setGone(true), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [about]);
  return (
    <p className={`${styles.last} small quiet`} role="status" data-gone={gone || undefined}>
      {children}
    </p>
  );
}
