import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { recall, remember } from "../../ui/local-storage";
import type { Reason } from "./api";
import { thumbnailOf } from "./grid";
import type { Action } from "./keys";
import type { Pool } from "./pool";
import { proposedVerdict } from "./proposed";
import type { ReviewStore } from "./store";
import type { Fit } from "./use-fit";
import { useReviewKeys } from "./use-review-keys";
import { useVisibleItems } from "./use-visible-items";
import { useWords } from "./words";

/** How the pictures of a review are shown, and what the keys and buttons do. */
export function useReviewActions({
  store,
  pool,
  fit,
  reasons,
}: {
  store: ReviewStore;
  pool: Pool;
  fit: Fit;
  reasons: Reason[];
}) {
  const words = useWords();
  const { items, cursor } = useSyncExternalStore(store.subscribe, store.view);
  const [many, setMany] = useState(recall("review.layout") === "grid");
  const [zoomed, setZoomed] = useState(false);
  const [twin, setTwin] = useState<number | null>(null);
  const [flipped, setFlipped] = useState(false);
  const [sheet, setSheet] = useState<"keys" | "reasons" | null>(null);
  const [notice, setNotice] = useState("");

  const item = items[cursor];
  const visible = useVisibleItems({ items, cursor, many, fit, pool });
  const { columns, shown } = visible;
  const address = item && visible.pictureAddress(item);
  const comparing = item && twin !== null && item.picture.duplicates[twin] ? twin : null;

  useEffect(() => {
    setTwin(null);
    setFlipped(false);
    setNotice("");
  }, [item?.picture.id]);

  const seen = (address: string | undefined) => address !== undefined && pool.state(address) === "ready";

  const say = (verdict: "keep" | "drop" | "skip", reason: Reason | null = null) => {
    // Nobody can judge what is not there yet; to put it off is fine.
    if (!item || (verdict !== "skip" && !seen(address))) {
      if (item) setNotice(words.coming);
      return;
    }
    setSheet(null);
    store.say({ verdict, reason: reason?.key ?? null });
  };

  // Asked again whenever a picture has come, so that the number on the button is true.
  useSyncExternalStore(pool.subscribe, () =>
    many ? shown.filter((one) => seen(thumbnailOf(one))).length : Number(seen(address)),
  );
  const others = shown.filter((one) => one.open && seen(thumbnailOf(one)));
  const keepOthers = () => {
    if (many) store.keepAll(others.map((one) => items.indexOf(one)));
  };

  const proposed = new Map(
    (many ? others : item?.open && seen(address) ? [item] : []).flatMap((one) => {
      const said = proposedVerdict(one.picture, reasons);
      return said ? [[items.indexOf(one), said] as const] : [];
    }),
  );
  const sayProposed = () => store.sayProposed(proposed);

  const layout = () => {
    remember("review.layout", many ? "single" : "grid");
    setTwin(null);
    setZoomed(false);
    setMany(!many);
  };

  const compare = () => {
    if (!item) return;
    if (!item.picture.duplicates.length) setNotice(words.noTwin);
    else setTwin(comparing === null ? 0 : null);
  };

  const move = (by: Extract<Action, { does: "move" }>["by"]) => {
    if (comparing !== null && item && (by === "left" || by === "right")) {
      const last = item.picture.duplicates.length - 1;
      setTwin(Math.max(0, Math.min(last, comparing + (by === "left" ? -1 : 1))));
      return;
    }
    if (!many && (by === "up" || by === "down")) return;
    const step = { left: -1, right: 1, up: -columns, down: columns, first: -cursor, last: items.length }[by];
    store.goTo(cursor + step);
  };

  const act = (action: Action) => {
    switch (action.does) {
      case "keep":
      case "skip":
        return say(action.does);
      case "drop": {
        const reason = reasons.find((one) => one.digit === action.digit);
        return reason ? say("drop", reason) : undefined;
      }
      case "undo":
        return store.undo();
      case "compare":
        return compare();
      case "layout":
        return layout();
      case "zoom":
        return many ? undefined : setZoomed(!zoomed);
      case "flip":
        return setFlipped(!flipped);
      case "rest":
        return keepOthers();
      case "proposed":
        return sayProposed();
      case "help":
        return setSheet("keys");
      case "open":
        return many ? layout() : undefined;
      case "close":
        setTwin(null);
        return setZoomed(false);
      case "move":
        return move(action.by);
    }
  };
  const latest = useRef(act);
  latest.current = act;
  useReviewKeys(latest);

  const choose = useMemo(
    () => (index: number) => {
      if (store.view().cursor === index) latest.current({ does: "open" });
      else store.goTo(index);
    },
    [store],
  );
  return {
    item,
    address,
    visible,
    many,
    zoomed,
    comparing,
    flipped,
    sheet,
    notice,
    others,
    say,
    keepOthers,
    proposed,
    sayProposed,
    layout,
    compare,
    choose,
    setZoomed,
    setTwin,
    setFlipped,
    setSheet,
  };
}
