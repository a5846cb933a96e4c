import { type ReactNode, useEffect, useId } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { Sample } from "../../api/types";
import { Button, IconButton } from "../../ui/controls";
import { BackIcon, CloseIcon, DownloadIcon, ForwardIcon } from "../../ui/icons";
import type { Tool } from "./address";
import styles from "./pictures.module.css";
import { useWords } from "./words";

/** One picture, large; the arrow keys turn to its neighbours. */
export function Enlarged({
  samples,
  index,
  className,
  tools,
  move,
  save,
  onward,
  start,
  go,
}: {
  samples: Sample[];
  index: number;
  className: (sample: Sample) => string;
  move: (sample: Sample | undefined) => void;
  save: (sample: Sample) => void;
  /** What can be done with a picture on other pages. */
  onward: (sample: Sample) => ReactNode;
  start: (sample: Sample) => void;
  tools: Tool[];
  go: (tool: "sliders" | "copies", sample: Sample) => void;
}) {
  const words = useWords();
  const heading = useId();
  const sample = samples[index];
  const [before, after] = [samples[index - 1], samples[index + 1]];
  // The keys work wherever the focus is: at first it is on the dialog itself.
  useEffect(() => {
    if (!sample) return;
    const turn = (event: KeyboardEvent) => {
      const next = { ArrowLeft: before, ArrowRight: after }[event.key];
      if (!next) return;
      event.preventDefault();
      move(next);
    };
    window.addEventListener("keydown", turn);
    return () => window.removeEventListener("keydown", turn);
  });
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={sample !== undefined}
      onOpenChange={(isOpen) => !isOpen && move(undefined)}
    >
      <Modal className="modal">
        <Dialog className="dialog" aria-labelledby={heading}>
          {sample && (
            <>
              <div className="dialog-head">
                <Heading id={heading} slot="title">
                  {words.seedNumber(sample.seed)}{" "}
                  {className(sample) && <span className="tag">{className(sample)}</span>}
                </Heading>
                <IconButton name={words.close} shortcut="Esc" onPress={() => move(undefined)}>
                  <CloseIcon />
                </IconButton>
              </div>
              <img className="dialog-picture" src={sample.data} alt={words.sample(sample.seed)} />
              <div className="dialog-foot">
                <IconButton name={words.previous} shortcut="←" isDisabled={!before} onPress={() => move(before)}>
                  <BackIcon />
                </IconButton>
                <IconButton name={words.next} shortcut="→" isDisabled={!after} onPress={() => move(after)}>
                  <ForwardIcon />
                </IconButton>
                <span className="spring" />
                <Button variant="bare" onPress={() => start(sample)}>
                  {words.startHere}
                </Button>
                <Button variant="solid" onPress={() => save(sample)}>
                  <DownloadIcon />
                  {words.download}
                </Button>
              </div>
              <div className={`dialog-foot ${styles.dialogOnward}`}>
                {onward(sample)}
                {tools.includes("sliders") && <Button onPress={() => go("sliders", sample)}>{words.toSliders}</Button>}
                {tools.includes("copies") && <Button onPress={() => go("copies", sample)}>{words.toCopies}</Button>}
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
