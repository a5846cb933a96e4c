// The fonts of the cards, loaded into the page, and the widths of texts in them.
import { useEffect, useState } from "react";
import { rooted } from "../../api/root";
import type { Kit } from "./api";
import { familyOf, type Measured } from "./face";

const EM = 100; // pixels at which texts are measured

/** Measures texts in the fonts of the cards; widths change once, when the fonts have come. */
export function useFonts(kit: Kit): Measured {
  const [, setLoaded] = useState(0);
  useEffect(() => {
    let gone = false;
    for (const { family, url } of kit.fonts) {
      if ([...document.fonts].some((each) => each.family.replace(/"/g, "") === family)) continue;
      const font = new FontFace(family, `url("${rooted(url)}")`);
      document.fonts.add(font);
      font.load().then(
        () => !gone && setLoaded((n) => n + 1),
        () => document.fonts.delete(font), // the page shows its own font, the files have the right one
      );
    }
    return () => {
      gone = true;
    };
  }, [kit]);
  return (font, text, tracking) => {
    const context = document.createElement("canvas").getContext("2d");
    if (!context) return 0;
    context.font = `${EM}px "${familyOf(kit, font)}"`;
    return context.measureText(text).width / EM + tracking * Math.max([...text].length - 1, 0);
  };
}
