// Two sheets over the page: the list of keys, and the reasons to drop where there is no room for them beside the picture.
import { type ReactNode, useId } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "../../ui/controls";
import { CloseIcon } from "../../ui/icons";
import type { Reason } from "./api";
import styles from "./sheet.module.css";
import { useWords } from "./words";

function Sheet({
  title,
  open,
  close,
  children,
}: {
  title: string;
  open: boolean;
  close: () => void;
  children: ReactNode;
}) {
  const words = useWords();
  const heading = useId();
  return (
    <ModalOverlay className="veil" isDismissable isOpen={open} onOpenChange={(isOpen) => !isOpen && close()}>
      <Modal className={`modal ${styles.sheet}`}>
        <Dialog className="dialog" aria-labelledby={heading}>
          <div className="dialog-head">
            <Heading id={heading} slot="title">
              {title}
            </Heading>
            <IconButton name={words.close} shortcut="Esc" onPress={close}>
              <CloseIcon />
            </IconButton>
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

export function KeySheet({ open, close, reasons }: { open: boolean; close: () => void; reasons: Reason[] }) {
  const words = useWords();
  const { keys } = words;
  const rows: [string[], string][] = [
    [["K", "P"], keys.keep],
    [["1", "…", "9", "0"], keys.drop],
    [["S", "␣"], keys.skip],
    [["U", "Ctrl Z"], keys.undo],
    [["←", "→"], keys.move],
    [["↑", "↓"], keys.rows],
    [["D"], keys.compare],
    [["M"], keys.flip],
    [["G"], keys.layout],
    [["Enter"], keys.open],
    [["A"], keys.rest],
    [["C"], keys.proposed],
    [["Z"], keys.zoom],
    [["?"], keys.help],
  ];
  return (
    <Sheet title={words.sheet} open={open} close={close}>
      <div className={styles.sheetBody}>
        <dl className={styles.keys}>
          {rows.map(([names, what]) => (
            <div key={what}>
              <dt>
                {names.map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <h3>{words.dropBecause}</h3>
        <dl className={`${styles.keys} ${styles.keysReasons}`}>
          {reasons.map((reason) => (
            <div key={reason.key}>
              <dt>
                <kbd>{reason.digit}</kbd>
              </dt>
              <dd>{words.reasons[reason.key] ?? reason.meaning}</dd>
            </div>
          ))}
        </dl>
        <p className="quiet small">{words.never}</p>
      </div>
    </Sheet>
  );
}

export function ReasonSheet({
  open,
  close,
  reasons,
  drop,
}: {
  open: boolean;
  close: () => void;
  reasons: Reason[];
  drop: (reason: Reason) => void;
}) {
  const words = useWords();
  return (
    <Sheet title={words.dropBecause} open={open} close={close}>
      <div className={styles.sheetBody}>
        <Reasons reasons={reasons} drop={drop} />
      </div>
    </Sheet>
  );
}

export function Reasons({ reasons, drop }: { reasons: Reason[]; drop: (reason: Reason) => void }) {
  const words = useWords();
  return (
    <ul className={styles.reasons}>
      {reasons.map((reason) => (
        <li key={reason.key}>
          {/* A plain button, so that a click leaves the keys where they are. */}
          <button
            type="button"
            className={styles.reason}
            onPointerDown={(event) => event.preventDefault()}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => drop(reason)}
          >
            <kbd>{reason.digit}</kbd>
            <span>{words.reasons[reason.key] ?? reason.meaning}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
