// The row of tools over the paper.
import { FileTrigger } from "react-aria-components";
import { Button, IconButton, IconToggle, Slider } from "../../ui/controls";
import { ClearIcon, EraserIcon, FaceIcon, PenIcon, PhotoIcon, RedoIcon, UndoIcon } from "../../ui/icons";
import { MirrorIcon, OpenIcon } from "./icons";
import type { Tool } from "./pad";
import portraitStyles from "./portrait.module.css";
import styles from "./tools.module.css";
import { useWords } from "./words";

export const WIDTHS = { min: 1, max: 24 };

export type ToolsProps = {
  masks: boolean;
  tool: Tool;
  setTool: (tool: Tool) => void;
  mirrored: boolean;
  setMirrored: (mirrored: boolean) => void;
  width: number;
  setWidth: (width: number) => void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  clear: (() => void) | undefined;
  starter: () => void;
  load: (photo: File) => void;
  open: (drawing: File) => void;
};

export function Tools(props: ToolsProps) {
  const words = useWords();
  const { masks, tool, setTool, width } = props;
  return (
    <div className={portraitStyles.tools} role="toolbar" aria-label={words.tools}>
      <div className={styles.toolsGroup}>
        <IconToggle name={words.pen} shortcut="P" chosen={tool === "pen"} onChoose={() => setTool("pen")}>
          <PenIcon />
        </IconToggle>
        <IconToggle name={words.eraser} shortcut="E" chosen={tool === "eraser"} onChoose={() => setTool("eraser")}>
          <EraserIcon />
        </IconToggle>
        {!masks && (
          <IconToggle
            name={words.mirrorOn}
            shortcut="M"
            chosen={props.mirrored}
            onChoose={() => props.setMirrored(!props.mirrored)}
          >
            <MirrorIcon />
          </IconToggle>
        )}
      </div>
      <div className={`${styles.toolsGroup} ${styles.toolsWidth}`} title="[ ]">
        <Slider
          quiet
          label={words.width}
          value={width}
          onChange={props.setWidth}
          minValue={WIDTHS.min}
          maxValue={WIDTHS.max}
          step={1}
        />
        <span className={styles.nib} aria-hidden="true">
          <span style={{ width: 3 + width * 0.8, height: 3 + width * 0.8 }} />
        </span>
      </div>
      <div className={styles.toolsGroup}>
        <IconButton name={words.undo} shortcut="Ctrl Z" isDisabled={!props.undo} onPress={() => props.undo?.()}>
          <UndoIcon />
        </IconButton>
        <IconButton name={words.redo} shortcut="Ctrl Shift Z" isDisabled={!props.redo} onPress={() => props.redo?.()}>
          <RedoIcon />
        </IconButton>
        <IconButton name={words.clear} shortcut="Delete" isDisabled={!props.clear} onPress={() => props.clear?.()}>
          <ClearIcon />
        </IconButton>
      </div>
      <Beginnings {...props} />
    </div>
  );
}

/** What one may begin with instead of white paper. */
function Beginnings({ masks, starter, load, open }: ToolsProps) {
  const words = useWords();
  return (
    <div className={`${styles.toolsGroup} ${styles.toolsStart}`}>
      {!masks && (
        <Button variant="bare" aria-label={`${words.starter}: ${words.starterHelp}`} onPress={starter}>
          <FaceIcon />
          <span>{words.starter}</span>
        </Button>
      )}
      <FileTrigger acceptedFileTypes={["image/*"]} onSelect={(files) => files?.[0] && load(files[0])}>
        <Button variant="bare" aria-label={masks ? words.another : `${words.photo}: ${words.photoHelp}`}>
          <PhotoIcon />
          <span>{masks ? words.another : words.photo}</span>
        </Button>
      </FileTrigger>
      {!masks && (
        <FileTrigger
          acceptedFileTypes={["application/json", ".json"]}
          onSelect={(files) => files?.[0] && open(files[0])}
        >
          <Button variant="bare" aria-label={`${words.open}: ${words.openHelp}`}>
            <OpenIcon />
            <span>{words.open}</span>
          </Button>
        </FileTrigger>
      )}
    </div>
  );
}
