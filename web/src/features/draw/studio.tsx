// Paper on one side, the result on the other or under the ink. For sketches the paper is white; for masks it is the
// user's picture.
import { useEffect, useRef, useState } from "react";
import { can } from "../../api/bundles";
import { useRemembered } from "../../api/last-model";
import type { BundleCard } from "../../api/types";
import { ProblemNote } from "../../ui/feedback";
import { recall, remember } from "../../ui/local-storage";
import { Onward } from "../../ui/onward";
import { PictureDrop } from "../../ui/picture-drop";
import { sketchPhoto } from "./api";
import { ExampleDrawings } from "./examples";
import { fromFile, UnreadableDrawing } from "./file";
import { GuidancePanel } from "./guidance";
import { DrawHead, ModelChoice, type View, ViewChoice } from "./head";
import { History } from "./history";
import { add, EMPTY, isBlank, type Mark, redo, undo } from "./marks";
import { SIDE, type Tool } from "./pad";
import { asInk, besideEachOther, flattened, readPicture, sketched, square } from "./photo";
import { Portrait } from "./portrait";
import portraitStyles from "./portrait.module.css";
import { Arrived, useSharing } from "./share";
import { Shortcuts, useShortcuts } from "./shortcuts";
import { starterFace } from "./starter";
import { type Entry, useDrawingStore } from "./store";
import styles from "./studio.module.css";
import { Tools, WIDTHS } from "./tools";
import { useAnswer } from "./use-answer";
import { useArrival } from "./use-arrival";
import { useGuidance } from "./use-guidance";
import { useWords } from "./words";
import { YourDrawing } from "./your-drawing";

const THUMB = 144;

/** A pen about as wide as the lines the model learned from: a little over one of its pixels. */
const usualWidth = (resolution: number) => Math.round(400 * Math.max(1.3 / resolution, 0.008));

export function Studio({ bundle, lead }: { bundle: BundleCard; lead: string }) {
  const words = useWords();
  useRemembered("draw", bundle);
  const masks = can(bundle, "inpaints");
  const layer = useRef<HTMLCanvasElement>(null);
  const store = useDrawingStore(masks ? bundle.id : "sketch", !masks);
  const { drawing, setDrawing, paper, setPaper } = store;
  const [tool, setTool] = useState<Tool>("pen");
  const [mirrored, setMirrored] = useState(false);
  const [width, setWidth] = useState(masks ? 14 : usualWidth(bundle.resolution));
  const [view, setView] = useState<View>(() => (recall("view") === "over" ? "over" : "beside"));
  const [strength, setStrength] = useState(70);
  const [unread, setUnread] = useState<unknown>();
  const guidance = useGuidance(bundle);
  const arriving = useArrival(bundle, store, guidance);
  const sharing = useSharing(bundle, drawing, guidance.settings);
  const blank = masks ? !paper : isBlank(drawing);
  const { result, error, busy, send } = useAnswer({ bundle, layer, paper, guidance, drawing, blank });
  const { complete } = store;
  useEffect(() => {
    if (result) complete(result);
  }, [result, complete]);

  const flat = (side: number) => {
    if (!layer.current) throw new Error("The paper is gone.");
    return flattened(layer.current, paper, side);
  };
  const keep = isBlank(drawing)
    ? undefined
    : () => store.keep(drawing.marks, flat(THUMB).toDataURL(), result, guidance.settings);
  const clear = isBlank(drawing)
    ? undefined
    : () => {
        keep?.();
        setDrawing((old) => add(old, { kind: "clear" }));
      };
  const show = (next: View) => {
    remember("view", next);
    setView(next);
  };
  const replace = (...marks: Mark[]) => {
    keep?.();
    setUnread(undefined);
    setDrawing((old) => (isBlank(old) ? add(old, ...marks) : add(old, { kind: "clear" }, ...marks)));
  };
  const goBack = (entry: Entry) => {
    keep?.();
    setDrawing({ marks: entry.marks, undone: [] });
    if (entry.settings && guidance.settings) guidance.change(entry.settings);
  };

  useShortcuts((key, command, shift) => {
    if (command) {
      if (key === "z") setDrawing(shift ? redo : undo);
      else if (key === "y") setDrawing(redo);
      else return false;
      return true;
    }
    const resize = (by: number) => setWidth((old) => Math.min(Math.max(old + by, WIDTHS.min), WIDTHS.max));
    const acts: Record<string, () => void> = {
      p: () => setTool("pen"),
      e: () => setTool("eraser"),
      m: () => setMirrored((old) => !old && !masks),
      k: () => keep?.(),
      o: () => show(view === "over" ? "beside" : "over"),
      s: () => guidance.showShadow(!guidance.shadow),
      "[": () => resize(-1),
      "]": () => resize(1),
      delete: () => clear?.(),
    };
    acts[key]?.();
    return key in acts;
  });

  const load = async (photo: Blob) => {
    try {
      if (masks) {
        setPaper(square(await readPicture(photo), SIDE));
        setDrawing(EMPTY);
        setUnread(undefined);
      } else if (can(bundle, "photo_to_drawing")) {
        const lines = await sketchPhoto(bundle.id, photo);
        replace({ kind: "picture", picture: asInk(await createImageBitmap(lines), 512) });
      } else {
        replace({ kind: "picture", picture: sketched(await readPicture(photo), bundle.resolution) });
      }
    } catch (problem) {
      setUnread(problem instanceof DOMException ? new Error(words.unreadable) : problem);
    }
  };
  const open = async (file: Blob) => {
    try {
      replace(...(await fromFile(await file.text())));
    } catch (problem) {
      const why = problem instanceof UnreadableDrawing ? problem.why : "damaged";
      const said = { none: words.notDrawing, newer: words.newerDrawing, damaged: words.damagedDrawing };
      setUnread(new Error(said[why]));
    }
  };

  const head = (
    <DrawHead bundle={bundle} lead={lead}>
      <ModelChoice bundle={bundle} />
      <ViewChoice view={view} setView={show} />
    </DrawHead>
  );
  const wrong = unread ?? error ?? guidance.error;
  if (masks && !paper) {
    return (
      <>
        {head}
        {unread !== undefined && <ProblemNote error={unread} />}
        <PictureDrop load={load} camera />
      </>
    );
  }
  const over = view === "over";
  const share = width / (masks ? 100 : 400);
  const guided = can(bundle, "codes");
  return (
    <div className={styles.drawPage} data-view={view} data-guided={guided || over || undefined}>
      {head}
      <Arrived arriving={arriving} />
      <div className={portraitStyles.draw} data-view={view} data-guided={guided || over || undefined}>
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
          clear={clear}
          starter={() => setDrawing((old) => add(old, ...starterFace(share, guided)))}
          load={load}
          open={open}
        />
        {wrong !== undefined && (
          <ProblemNote error={wrong} {...(unread === undefined ? { retry: () => send(true) } : {})} />
        )}
        <YourDrawing
          bundle={bundle}
          layer={layer}
          paper={paper}
          drawing={drawing}
          tool={tool}
          width={share}
          mirrored={mirrored}
          shadow={guidance.shadow ? result?.shadow : undefined}
          placement={result?.placement ?? undefined}
          anchors={guidance.shadow && isBlank(drawing) ? guidance.parts?.anchors : undefined}
          onPaper={over ? result?.address : undefined}
          strength={strength}
          over={over}
          sharing={sharing}
          flat={flat}
          changing={() => send(false)}
          finished={(stroke) => setDrawing((old) => add(old, stroke))}
        />
        <Portrait
          bundle={bundle}
          result={result}
          busy={busy}
          over={over}
          invitation={
            masks || !store.ready || !isBlank(drawing) ? undefined : (
              <ExampleDrawings take={(marks) => replace(...marks)} />
            )
          }
          onward={<Onward name={`${bundle.id}-result.png`} picture={result?.picture} />}
          both={() => besideEachOther(flat(SIDE), result?.picture ?? new Blob())}
        />
        {(guided || over) && (
          <GuidancePanel
            guidance={guidance}
            over={over}
            strength={strength}
            setStrength={setStrength}
            moved={Boolean(result?.placement)}
            uncoloured={result?.uncoloured ?? []}
          />
        )}
        <History entries={store.history} keep={keep} open={goBack} />
        <Shortcuts masks={masks} guided={guided} />
      </div>
    </div>
  );
}
