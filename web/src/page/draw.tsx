// Paper and result: the studio's paper, with the model in this browser.
import { useCallback, useEffect, useRef, useState } from "react";
import { can } from "../api/bundles";
import { fromFile } from "../features/draw/file";
import { add, EMPTY, isBlank, type Mark, redo, undo } from "../features/draw/marks";
import { SIDE, type Tool } from "../features/draw/pad";
import { besideEachOther, flattened, readPicture, sketched, square } from "../features/draw/photo";
import { Portrait } from "../features/draw/portrait";
import portraitStyles from "../features/draw/portrait.module.css";
import { starterFace } from "../features/draw/starter";
import studioStyles from "../features/draw/studio.module.css";
import { Tools } from "../features/draw/tools";
import { useResult } from "../features/draw/use-result";
import { useWords as useDrawWords } from "../features/draw/words";
import { YourDrawing } from "../features/draw/your-drawing";
import { PictureDrop } from "../ui/picture-drop";
import { Alert, type ToolProps } from "./app";
import { ExampleDrawings } from "./example-drawings";
import { marked } from "./mark";
import type { Model } from "./model";
import { originOf, pictureOf } from "./picture";
import { sourceOf } from "./pixels";
import { useWords } from "./words";

const FAST = 300; // milliseconds; a slower model answers whole strokes only, because no answer can be given up half-way

const penOf = (model: Model) => Math.round(400 * Math.max(1.3 / model.resolution, 0.008));

/** The graph that takes drawings. */
const graphOf = ({ drawing_direction, graphs }: Model) => drawing_direction ?? graphs[0]?.name ?? "";

export function DrawTool({ model, engine }: ToolProps) {
  const words = useWords();
  const drawWords = useDrawWords();
  const masks = can(model, "inpaints");
  const layer = useRef<HTMLCanvasElement>(null);
  const [drawing, setDrawing] = useState(EMPTY);
  const [paper, setPaper] = useState<HTMLCanvasElement | null>(null);
  const [tool, setTool] = useState<Tool>("pen");
  const [mirrored, setMirrored] = useState(false);
  const [width, setWidth] = useState(masks ? 14 : penOf(model));
  const [unread, setUnread] = useState<string>();
  const { result, error, busy, ask, forget } = useResult();
  const blank = masks ? !paper : isBlank(drawing);

  const send = useCallback(
    (urgent: boolean) => {
      ask(async (signal) => {
        if (!layer.current) throw new Error("The paper is gone.");
        const began = performance.now();
        const source = sourceOf(flattened(layer.current, paper, model.source_resolution), model.source_channels);
        const { output, milliseconds } = await engine.run(graphOf(model), { source }, signal);
        const picture = await pictureOf(model, output, graphOf(model));
        return { picture, modelMilliseconds: milliseconds, milliseconds: performance.now() - began };
      }, urgent);
    },
    [ask, engine, model, paper],
  );
  useEffect(() => {
    void drawing;
    if (blank) forget();
    else send(true);
  }, [drawing, blank, forget, send]);

  const flat = (side: number) => {
    if (!layer.current) throw new Error("The paper is gone.");
    return flattened(layer.current, paper, side);
  };
  const replace = (...marks: Mark[]) => {
    setUnread(undefined);
    setDrawing((old) => (isBlank(old) ? add(old, ...marks) : add(old, { kind: "clear" }, ...marks)));
  };
  const load = async (photo: Blob) => {
    try {
      const picture = await readPicture(photo);
      if (masks) {
        setPaper(square(picture, SIDE));
        setDrawing(EMPTY);
        setUnread(undefined);
      } else replace({ kind: "picture", picture: sketched(picture, model.resolution) });
    } catch {
      setUnread(words.unreadable);
    }
  };
  const open = async (file: Blob) => {
    try {
      replace(...(await fromFile(await file.text())));
    } catch {
      setUnread(drawWords.damagedDrawing);
    }
  };
  const wrong = unread ?? (error === undefined ? undefined : String(error));
  if (masks && !paper) {
    return (
      <>
        {wrong !== undefined && <Alert>{wrong}</Alert>}
        <PictureDrop load={load} kinds={words.formats} />
      </>
    );
  }
  const share = width / (masks ? 100 : 400);
  const fast = result !== undefined && result.modelMilliseconds < FAST;
  return (
    <div className={studioStyles.drawPage}>
      <div className={portraitStyles.draw}>
        <Tools
          masks={masks}
          tool={tool}
          setTool={setTool}
          mirrored={mirrored}
          setMirrored={setMirrored}
          width={width}
          setWidth={setWidth}
          undo={drawing.marks.length ? () => setDrawing(undo) : undefined}
          redo={drawing.undone.length ? () => setDrawing(redo) : undefined}
          clear={isBlank(drawing) ? undefined : () => setDrawing((old) => add(old, { kind: "clear" }))}
          starter={() => setDrawing((old) => add(old, ...starterFace(share, can(model, "codes"))))}
          load={load}
          open={open}
        />
        {wrong !== undefined && <Alert>{wrong}</Alert>}
        <YourDrawing
          bundle={model}
          layer={layer}
          paper={paper}
          drawing={drawing}
          tool={tool}
          width={share}
          mirrored={mirrored}
          shadow={undefined}
          placement={undefined}
          anchors={undefined}
          onPaper={undefined}
          strength={0}
          over={false}
          sharing={undefined}
          flat={flat}
          changing={() => fast && send(false)}
          finished={(stroke) => setDrawing((old) => add(old, stroke))}
        />
        <Portrait
          bundle={model}
          result={result}
          busy={busy}
          over={false}
          invitation={
            !masks && isBlank(drawing) ? (
              <ExampleDrawings paths={model.examples} take={(marks) => replace(...marks)} />
            ) : undefined
          }
          both={async () => marked(await besideEachOther(flat(SIDE), result?.picture ?? new Blob()), originOf(model))}
        />
      </div>
    </div>
  );
}
