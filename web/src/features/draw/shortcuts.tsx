// The keyboard on the Draw page.
import { useEffect, useRef } from "react";
import styles from "./shortcuts.module.css";
import { useWords } from "./words";

/** Where keys are for typing or choosing: there they mean something else. */
const TYPES = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [role=dialog], [role=listbox]";

/** Shortcuts of the page, unless a control or a field uses the key itself. */
export function useShortcuts(act: (key: string, command: boolean, shift: boolean) => boolean) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest(TYPES)) return;
      if (event.altKey) return;
      if (latest.current(event.key.toLowerCase(), event.ctrlKey || event.metaKey, event.shiftKey))
        event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

export function Shortcuts({ masks, guided }: { masks: boolean; guided: boolean }) {
  const words = useWords();
  const rows: [string, string][] = [
    ["P", words.pen],
    ["E", words.eraser],
    ...(masks ? [] : ([["M", words.mirror]] as [string, string][])),
    ["[", words.narrower],
    ["]", words.wider],
    ["Ctrl Z", words.undo],
    ["Ctrl Shift Z", words.redo],
    ["Delete", words.clear],
    ["K", words.keep],
    ["O", `${words.beside} / ${words.over}`],
    ...(guided ? ([["S", words.shadow]] as [string, string][]) : []),
  ];
  return (
    <details className={styles.shortcuts}>
      <summary>{words.shortcuts}</summary>
      <dl>
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
