// The design of a card: what was chosen, and where the picture lies. The server's design.py has the same geometry.
import type { Kit, Template, TextBox } from "./api";

export type Placement = { scale: number; dx: number; dy: number; turn: number };
export type Side = "front" | "back";
export type ColourName = "ground" | "accent" | "second" | "ink" | "paper";
export type Blend = "normal" | "multiply";

export type Design = {
  template: string;
  colours: Partial<Record<ColourName, string>>;
  /** What was typed, by id; left out: the template's example. */
  typed: Record<string, string>;
  placement: Placement;
  blend: Blend | null;
  chip: boolean;
  stripe: boolean;
};

export const IN_PLACE: Placement = { scale: 1, dx: 0, dy: 0, turn: 0 };
export const COLOUR_NAMES: readonly ColourName[] = ["ground", "accent", "second", "ink", "paper"];
const LIMITS = { scale: [0.2, 5], dx: [-100, 100], dy: [-100, 100] } as const;

export const begun = (template: string): Design => ({
  template,
  colours: {},
  typed: {},
  placement: IN_PLACE,
  blend: null,
  chip: false,
  stripe: false,
});

const within = (value: number, [low, high]: readonly [number, number]) => Math.min(high, Math.max(low, value));

/** A placement within what the server accepts; the turn in (−180, 180]. */
export function bounded({ scale, dx, dy, turn }: Placement): Placement {
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    scale: round(within(scale, LIMITS.scale)),
    dx: round(within(dx, LIMITS.dx)),
    dy: round(within(dy, LIMITS.dy)),
    turn: round(turn - 360 * Math.ceil((turn - 180) / 360)),
  };
}

export const zonesOf = (kit: Kit, template: Template) => kit[template.orientation];

export const colourOf = (template: Template, design: Design, name: ColourName): string =>
  design.colours[name] ?? template.colours[name] ?? "#000000";

/** A drawing of the template, in the design's colours, as an address. */
export function drawn(svg: string, template: Template, design: Design): string {
  const coloured = svg.replace(/\{\{(\w+)\}\}/g, (_, name: ColourName) => colourOf(template, design, name));
  return `data:image/svg+xml,${encodeURIComponent(coloured)}`;
}

export const textOf = (box: TextBox, design: Design, language: "en" | "ko"): string =>
  design.typed[box.id] ?? box.example[language] ?? "";

/** Leads from pixels of the picture to mm on the front, as SVG writes it: a b c d e f. */
export function pictureMatrix(template: Template, placement: Placement, width: number, height: number): number[] {
  const [x, y, across, down] = template.picture.frame;
  const stands = template.picture.fit === "stand";
  const base = stands ? down / height : Math.max(across / width, down / height);
  const centre = [x + across / 2, stands ? y + down - (base * height) / 2 : y + down / 2] as const;
  const angle = (placement.turn * Math.PI) / 180;
  const [a, b] = [base * placement.scale * Math.cos(angle), base * placement.scale * Math.sin(angle)];
  const e = centre[0] + placement.dx - (a * width) / 2 + (b * height) / 2;
  const f = centre[1] + placement.dy - (b * width) / 2 - (a * height) / 2;
  return [a, b, -b, a, e, f];
}

/** The design as the server reads it. */
export function asJson(template: Template, design: Design, face: readonly number[], language: "en" | "ko"): string {
  const { typed: _, ...rest } = design;
  const texts = Object.fromEntries(template.texts.map((box) => [box.id, textOf(box, design, language)]));
  return JSON.stringify({ ...rest, texts, face });
}
