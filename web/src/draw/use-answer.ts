// The drawing is asked about whenever it changes, and whenever what is wished for changes.
import { type RefObject, useCallback, useEffect } from "react";
import type { BundleCard } from "../api/types";
import { hasManifold, paintPortrait, takesDrawings, translateDrawing } from "./ask";
import { flattened, toBlob } from "./photo";
import type { Guidance } from "./use-guidance";
import { type Asking, useResult } from "./use-result";

export function useAnswer({
  bundle,
  layer,
  paper,
  guidance,
  revision,
  blank,
}: {
  bundle: BundleCard;
  layer: RefObject<HTMLCanvasElement | null>;
  paper: HTMLCanvasElement | null;
  guidance: Guidance;
  /** Changes with each whole change of the drawing. */
  revision: unknown;
  /** There is nothing to ask about. */
  blank: boolean;
}): Asking & { send: (urgent: boolean) => void } {
  const asking = useResult();
  const { ask, forget } = asking;
  const { settings, shadow } = guidance;
  const guided = hasManifold(bundle);
  const direction = takesDrawings(bundle) ?? "a_to_b";

  const send = useCallback(
    (urgent: boolean) => {
      if (guided && !settings) return; // asked as soon as the model has said what can be wished for
      ask(async (signal) => {
        if (!layer.current) throw new Error("The paper is gone.");
        const drawing = await toBlob(flattened(layer.current, paper, bundle.resolution));
        return settings
          ? paintPortrait(bundle.id, drawing, { ...settings, shadow }, signal)
          : translateDrawing(bundle.id, drawing, direction, signal);
      }, urgent);
    },
    [ask, bundle, direction, guided, layer, paper, settings, shadow],
  );

  // Whole strokes, undo, redo, clear and a new paper: the picture on the page is then exactly the drawing's. A change
  // of wishes makes `send` another function, and asks as well.
  useEffect(() => {
    void revision;
    if (blank) forget();
    else send(true);
  }, [revision, blank, forget, send]);

  return { ...asking, send };
}
