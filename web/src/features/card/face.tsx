// One side of the card, as it will be: drawings, picture, texts, and the zones that a card keeps for itself.
import { useId } from "react";
import type { Kit, Template } from "./api";
import styles from "./card.module.css";
import { type ColourName, colourOf, type Design, drawn, pictureMatrix, type Side, textOf, zonesOf } from "./design";
import { useWords } from "./words";

export type Shown = { address: string; width: number; height: number };

const POINT = 25.4 / 72; // mm
const ANCHORS = { left: "start", centre: "middle", right: "end" } as const;

type Props = {
  kit: Kit;
  template: Template;
  design: Design;
  side: Side;
  picture: Shown | undefined;
  language: "en" | "ko";
  widths?: Measured;
};

/** Widths of texts in parts of their size, by font and text. */
export type Measured = (font: string, text: string, tracking: number) => number;

/** The content of an SVG whose unit is mm. */
export function Face({ kit, template, design, side, picture, language, widths }: Props) {
  const id = useId();
  const zones = zonesOf(kit, template);
  const [x, y, width, height] = zones.artwork;
  const box = { x, y, width, height, preserveAspectRatio: "none" };
  const { frame, radius, clip } = template.picture;
  const blend = design.blend ?? template.picture.blend;
  return (
    <>
      <clipPath id={`${id}frame`}>
        <rect x={frame[0]} y={frame[1]} width={frame[2]} height={frame[3]} rx={radius} />
      </clipPath>
      <image {...box} href={drawn(side === "front" ? template.front : template.back, template, design)} />
      {side === "front" && picture && (
        <g clipPath={clip ? `url(#${id}frame)` : undefined} style={{ mixBlendMode: blend }}>
          <image
            href={picture.address}
            width={picture.width}
            height={picture.height}
            transform={`matrix(${pictureMatrix(template, design.placement, picture.width, picture.height).join(" ")})`}
          />
        </g>
      )}
      {side === "front" && template.front_over && (
        <image {...box} href={drawn(template.front_over, template, design)} />
      )}
      {template.texts
        .filter((each) => each.side === side)
        .map((each) => {
          const text = textOf(each, design, language).trim();
          const ems = text && widths ? widths(each.font, text, each.tracking) : 0;
          const size = Math.min(each.size, ems > 0 ? each.width / (ems * POINT) : each.size) * POINT;
          return (
            <text
              key={each.id}
              x={each.x}
              y={each.y}
              fontSize={size}
              letterSpacing={each.tracking * size}
              fill={colourOf(template, design, each.colour as ColourName)}
              textAnchor={ANCHORS[each.align]}
              className={styles.text}
              style={{ fontFamily: `"${familyOf(kit, each.font)}"` }}
            >
              {text}
            </text>
          );
        })}
    </>
  );
}

export const familyOf = (kit: Kit, font: string) => kit.fonts.find(({ name }) => name === font)?.family ?? "sans-serif";

/** The zones that the card keeps, and the lines of its cut and its safe area. */
export function Guides({
  kit,
  template,
  design,
  side,
  safe,
}: {
  kit: Kit;
  template: Template;
  design: Design;
  side: Side;
  safe: number | undefined;
}) {
  const words = useWords();
  const zones = zonesOf(kit, template);
  const [, , width, height] = zones.trim;
  const zone = side === "front" ? design.chip && zones.chip : design.stripe && zones.stripe;
  return (
    <>
      {zone && (
        <g className={side === "front" ? styles.chip : styles.stripe}>
          <title>{side === "front" ? words.chipZone : words.stripeZone}</title>
          <rect x={zone[0]} y={zone[1]} width={zone[2]} height={zone[3]} rx={side === "front" ? 2 : 0} />
        </g>
      )}
      {safe !== undefined && (
        <rect className={styles.safe} x={safe} y={safe} width={width - 2 * safe} height={height - 2 * safe} />
      )}
    </>
  );
}
