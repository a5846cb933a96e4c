// Which key does what. The letters are those that photo culling programs use or that begin the English word.

export type Action =
  | {
      does:
        | "keep"
        | "skip"
        | "undo"
        | "compare"
        | "layout"
        | "zoom"
        | "flip"
        | "rest"
        | "proposed"
        | "help"
        | "close"
        | "open";
    }
  | { does: "move"; by: "left" | "right" | "up" | "down" | "first" | "last" }
  | { does: "drop"; digit: number };

const LETTERS: Record<string, Action> = {
  k: { does: "keep" },
  p: { does: "keep" }, // "pick" in Lightroom and Capture One
  s: { does: "skip" },
  " ": { does: "skip" },
  u: { does: "undo" },
  backspace: { does: "undo" },
  d: { does: "compare" },
  g: { does: "layout" },
  z: { does: "zoom" },
  m: { does: "flip" },
  a: { does: "rest" },
  c: { does: "proposed" },
  "?": { does: "help" },
  escape: { does: "close" },
  enter: { does: "open" },
  arrowleft: { does: "move", by: "left" },
  arrowright: { does: "move", by: "right" },
  arrowup: { does: "move", by: "up" },
  arrowdown: { does: "move", by: "down" },
  home: { does: "move", by: "first" },
  end: { does: "move", by: "last" },
};

/** What a press means; undefined where it is not the review's. */
export function actionOf(event: KeyboardEvent): Action | undefined {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable], [role=dialog], [role=radiogroup], [role=slider]"))
    return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey) {
    const z = event.code === "KeyZ" || event.key.toLowerCase() === "z";
    return z && !event.altKey && !event.shiftKey ? { does: "undo" } : undefined;
  }
  // A control that has the focus keeps the keys that press it, and a link the one that opens it.
  const pressed = target?.closest("button, a, summary");
  if (pressed && !pressed.hasAttribute("data-cell") && (event.key === "Enter" || event.key === " ")) return undefined;
  const key = letterOf(event);
  if (/^[0-9]$/.test(key)) return event.repeat ? undefined : { does: "drop", digit: Number(key) };
  const action = LETTERS[key];
  // Holding a key down walks, but says nothing of pictures nobody has seen.
  return event.repeat && action?.does !== "move" ? undefined : action;
}

/** The letter or digit of a key, also while Hangul is being written, or digits need the shift key. */
function letterOf(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  if (key === "?" || key.length > 1 ? key !== "process" && key !== "unidentified" : /^[a-z0-9 ]$/.test(key)) return key;
  const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1];
  return place ? place.toLowerCase() : key;
}
