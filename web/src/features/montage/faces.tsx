import { ToggleButton } from "react-aria-components";
import type { Face } from "./api";
import styles from "./page.module.css";

/** Faces as buttons, of which those that are picked are marked. */
export function Faces({
  label,
  name,
  faces,
  picked,
  pick,
  busy,
}: {
  label: string;
  name: (number: number) => string;
  faces: readonly Face[];
  picked: readonly string[];
  pick: (code: string) => void;
  busy: boolean;
}) {
  return (
    <ul className={styles.faces} aria-label={label} aria-busy={busy} data-stale={busy || undefined}>
      {faces.map(({ code, picture }, index) => (
        <li key={code}>
          <ToggleButton
            className={styles.face as string}
            aria-label={name(index + 1)}
            isSelected={picked.includes(code)}
            onChange={() => pick(code)}
            isDisabled={busy}
          >
            <img src={picture} alt="" width={128} height={128} />
          </ToggleButton>
        </li>
      ))}
    </ul>
  );
}
