// The drawing is asked about whenever it changes, and whenever what is wished for changes.
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { can } from "../../api/bundles";
import type { BundleCard } from "../../api/types";
import { paintPortrait, translateDrawing } from "./api";
import type { Drawing } from "./marks";
import { flattened, toBlob } from "./photo";
import type { Guidance } from "./use-guidance";
import { type Asking, useResult } from "./use-result";

export function useAnswer({
  bundle,
  layer,
  paper,
  guidance,
  drawing,
  blank,
}: {
  bundle: BundleCard;
  layer: RefObject<HTMLCanvasElement | null>;
  paper: HTMLCanvasElement | null;
  guidance: Guidance;
  /** Changes with each whole stroke, not while one is being drawn. */
  drawing: Drawing;
  /** There is nothing to ask about. */
  blank: boolean;
}): Asking & { send: (urgent: boolean) => void } {
  const asking = useResult();
  const { ask, forget } = asking;
  const { settings, shadow, place } = guidance;
  const guided = can(bundle, "codes");
  const direction = bundle.drawing_direction ?? "a_to_b";
  const latest = useRef(drawing);
  latest.current = drawing;

  const send = useCallback(
    (urgent: boolean) => {
      if (guided && !settings) return; // asked as soon as the model has said what can be wished for
      const of = urgent ? { marks: latest.current.marks, settings } : undefined;
      ask(async (signal) => {
        if (!layer.current) throw new Error("The paper is gone.");
        const asked = await toBlob(flattened(layer.current, paper, bundle.resolution * (settings && place ? 2 : 1)));
        const answer = settings
          ? await paintPortrait(bundle.id, asked, { ...settings, shadow, place }, signal)
          : await translateDrawing(bundle.id, asked, direction, signal);
        return { ...answer, of };
      }, urgent);
    },
    [ask, bundle, direction, guided, layer, paper, settings, shadow, place],
  );

  // Whole strokes, undo, redo, clear and a new paper: the picture on the page is then exactly the drawing's. A change
  // of wishes makes `send` another function, and asks as well.
  useEffect(() => {
    void drawing;
    if (blank) forget();
    else send(true);
  }, [drawing, blank, forget, send]);

  return { ...asking, send };
}
