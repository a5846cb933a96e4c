// Paper on one side, the result on the other. For sketches the paper is white; for masks it is the user's picture.
import { useCallback, useEffect, useRef, useState } from "react";
import { FileTrigger } from "react-aria-components";
import type { BundleCard } from "../api/types";
import { add, type Drawing, EMPTY, isBlank, redo, undo } from "../draw/marks";
import { Pad, SIDE, type Tool } from "../draw/pad";
import { flattened, readPicture, sketched, square, toBlob } from "../draw/photo";
import { starterFace } from "../draw/starter";
import { useResult } from "../draw/use-result";
import { IconPress, IconToggle, Press, Slider } from "../parts/controls";
import { download } from "../parts/download";
import { ProblemNote } from "../parts/feedback";
import {
  ClearIcon,
  DownloadIcon,
  EraserIcon,
  FaceIcon,
  PenIcon,
  PhotoIcon,
  RedoIcon,
  UndoIcon,
} from "../parts/icons";
import { useWords } from "../words/words";
import { PictureDrop } from "./picture-drop";
import { ResultPicture } from "./result-picture";

const HOLE = "#808080"; // the grey that stands for "missing" in the models' own training
const WIDTHS = { min: 1, max: 24 };

/** A pen about as wide as the lines the model learned from: a little over one of its pixels. */
const usualWidth = (resolution: number) => Math.round(400 * Math.max(1.3 / resolution, 0.008));

// Drawings outlive a look at another page.
const kept = new Map<string, { drawing: Drawing; paper: HTMLCanvasElement | null }>();

/** Shortcuts of the page, unless a control or a field uses the key itself. */
function useShortcuts(act: (key: string, command: boolean, shift: boolean) => boolean) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest("input:not([type=range]), textarea, select, [role=dialog], [role=listbox]")) return;
      if (event.altKey) return;
      if (latest.current(event.key.toLowerCase(), event.ctrlKey || event.metaKey, event.shiftKey))
        event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

export function Studio({ bundle }: { bundle: BundleCard }) {
  const words = useWords().draw;
  const masks = bundle.degradation === "mask";
  const layer = useRef<HTMLCanvasElement>(null);
  const [drawing, setDrawing] = useState<Drawing>(() => kept.get(bundle.id)?.drawing ?? EMPTY);
  const [paper, setPaper] = useState(() => kept.get(bundle.id)?.paper ?? null);
  const [tool, setTool] = useState<Tool>("pen");
  const [width, setWidth] = useState(masks ? 14 : usualWidth(bundle.resolution));
  const [unread, setUnread] = useState<unknown>();
  const { result, error, busy, ask, forget } = useResult(bundle.id);

  const send = useCallback(
    (urgent: boolean) => {
      const picture = async () => {
        if (!layer.current) throw new Error("The paper is gone.");
        return toBlob(flattened(layer.current, paper, bundle.resolution));
      };
      ask(picture, true, urgent);
    },
    [ask, paper, bundle.resolution],
  );

  // Whole strokes, undo, redo, clear and a new paper: the picture on the page is then exactly the drawing's.
  useEffect(() => {
    kept.set(bundle.id, { drawing, paper });
    if (masks ? !paper : isBlank(drawing)) forget();
    else send(true);
  }, [drawing, paper, masks, bundle.id, forget, send]);

  const clear = () => !isBlank(drawing) && setDrawing((old) => add(old, { kind: "clear" }));
  const resize = (by: number) => setWidth((old) => Math.min(Math.max(old + by, WIDTHS.min), WIDTHS.max));
  useShortcuts((key, command, shift) => {
    if (command) {
      if (key === "z") setDrawing(shift ? redo : undo);
      else if (key === "y") setDrawing(redo);
      else return false;
      return true;
    }
    const acts: Record<string, () => void> = {
      p: () => setTool("pen"),
      e: () => setTool("eraser"),
      "[": () => resize(-1),
      "]": () => resize(1),
      delete: clear,
    };
    acts[key]?.();
    return key in acts;
  });

  const load = async (file: Blob) => {
    try {
      const picture = await readPicture(file);
      setUnread(undefined);
      if (masks) {
        setPaper(square(picture, SIDE));
        setDrawing(EMPTY);
      } else {
        const lines = sketched(picture, bundle.resolution);
        setDrawing((old) => add(old, { kind: "clear" }, { kind: "picture", picture: lines }));
      }
    } catch {
      setUnread(new Error(words.unreadable));
    }
  };

  if (masks && !paper) {
    return (
      <>
        {unread !== undefined && <ProblemNote error={unread} />}
        <PictureDrop load={load} />
      </>
    );
  }
  const percent = width / (masks ? 100 : 400);
  return (
    <div className="draw">
      <div className="tools" role="toolbar" aria-label={words.tools}>
        <div className="tools-group">
          <IconToggle name={words.pen} shortcut="P" chosen={tool === "pen"} onChoose={() => setTool("pen")}>
            <PenIcon />
          </IconToggle>
          <IconToggle
            name={words.eraser}
            shortcut="E"
            chosen={tool === "eraser"}
            onChoose={() => setTool("eraser")}
          >
            <EraserIcon />
          </IconToggle>
        </div>
        <div className="tools-group tools-width" title="[ ]">
          <Slider
            quiet
            label={words.width}
            value={width}
            onChange={setWidth}
            minValue={WIDTHS.min}
            maxValue={WIDTHS.max}
            step={1}
          />
          <span className="nib" aria-hidden="true">
            <span style={{ width: 3 + width * 0.8, height: 3 + width * 0.8 }} />
          </span>
        </div>
        <div className="tools-group">
          <IconPress
            name={words.undo}
            shortcut="Ctrl Z"
            isDisabled={!drawing.marks.length}
            onPress={() => setDrawing(undo)}
          >
            <UndoIcon />
          </IconPress>
          <IconPress
            name={words.redo}
            shortcut="Ctrl Shift Z"
            isDisabled={!drawing.undone.length}
            onPress={() => setDrawing(redo)}
          >
            <RedoIcon />
          </IconPress>
          <IconPress name={words.clear} shortcut="Delete" isDisabled={isBlank(drawing)} onPress={clear}>
            <ClearIcon />
          </IconPress>
        </div>
        <div className="tools-group tools-start">
          {!masks && (
            <Press
              look="bare"
              aria-label={words.starterHelp}
              onPress={() => setDrawing((old) => add(old, ...starterFace(percent)))}
            >
              <FaceIcon />
              {words.starter}
            </Press>
          )}
          <FileTrigger
            acceptedFileTypes={["image/*"]}
            onSelect={(files) => files?.[0] && void load(files[0])}
          >
            <Press look="bare" aria-label={masks ? words.another : words.photoHelp}>
              <PhotoIcon />
              {masks ? words.another : words.photo}
            </Press>
          </FileTrigger>
        </div>
      </div>
      {(error !== undefined || unread !== undefined) && (
        <ProblemNote error={unread ?? error} {...(unread === undefined ? { retry: () => send(true) } : {})} />
      )}
      <figure className="draw-side draw-yours">
        <figcaption>{words.yours}</figcaption>
        <Pad
          layer={layer}
          paper={paper}
          drawing={drawing}
          tool={tool}
          width={percent}
          colour={masks ? HOLE : "#000"}
          name={words.paper}
          changing={() => send(false)}
          finished={(stroke) => setDrawing((old) => add(old, stroke))}
        />
        <div className="draw-foot">
          <Press
            look="bare"
            isDisabled={isBlank(drawing) && !paper}
            onPress={async () => {
              if (layer.current)
                download(await toBlob(flattened(layer.current, paper, SIDE)), `${bundle.id}-drawing.png`);
            }}
          >
            <DownloadIcon />
            {words.saveDrawing}
          </Press>
        </div>
      </figure>
      <ResultPicture bundle={bundle} result={result} busy={busy} waiting={words.waiting} />
      <Shortcuts />
    </div>
  );
}

function Shortcuts() {
  const words = useWords().draw;
  const rows: [string, string][] = [
    ["P", words.pen],
    ["E", words.eraser],
    ["[", words.narrower],
    ["]", words.wider],
    ["Ctrl Z", words.undo],
    ["Ctrl Shift Z", words.redo],
    ["Delete", words.clear],
  ];
  return (
    <details className="shortcuts">
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
