// The card as it will be, and the picture moved on it.
import { Choice } from "../../ui/controls";
import type { Kit, Template } from "./api";
import styles from "./card.module.css";
import { type Design, type Placement, type Side, zonesOf } from "./design";
import { Face, Guides, type Measured, type Shown } from "./face";
import { useMove } from "./use-move";
import { useWords } from "./words";

type Props = {
  kit: Kit;
  template: Template;
  design: Design;
  side: Side;
  setSide: (side: Side) => void;
  picture: Shown | undefined;
  place: (next: Placement) => void;
  safe: number | undefined;
  language: "en" | "ko";
  widths: Measured;
  busy: boolean;
};

export function Stage({ setSide, place, safe, busy, ...face }: Props) {
  const words = useWords();
  const { kit, template, design, side } = face;
  const [x, y, width, height] = zonesOf(kit, template).trim;
  const { surface, handlers } = useMove(design.placement, place, width);
  return (
    <div className={styles.stage} data-orientation={template.orientation}>
      <Choice
        label={words.side}
        hideLabel
        value={side}
        onChange={setSide}
        options={(["front", "back"] as const).map((value) => ({ value, text: words.sides[value] }))}
      />
      <svg
        ref={surface}
        className={styles.surface}
        viewBox={`${x} ${y} ${width} ${height}`}
        role="application"
        aria-label={words.stage(words.sides[side])}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the picture
        tabIndex={0}
        data-testid="card"
        data-busy={busy || undefined}
        style={{ borderRadius: `${(kit.corner / width) * 100}% / ${(kit.corner / height) * 100}%` }}
        {...(side === "front" ? handlers : {})}
      >
        <Face {...face} />
        <Guides kit={kit} template={template} design={design} side={side} safe={safe} />
      </svg>
      {side === "front" && <p className="quiet small">{words.hint}</p>}
    </div>
  );
}
