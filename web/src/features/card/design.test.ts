import { expect, test } from "vitest";
import type { Template } from "./api";
import { begun, bounded, drawn, IN_PLACE, pictureMatrix } from "./design";

const template = {
  name: "hills",
  orientation: "landscape",
  colours: { ground: "#F7E3C5" },
  picture: { frame: [36, 5, 48, 50], fit: "stand", clip: false, radius: 0, blend: "normal" },
  texts: [],
} as unknown as Template;

const at = ([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: number[], x: number, y: number) => [
  a * x + c * y + e,
  b * x + d * y + f,
];

test("the picture stands on the lower edge of its frame, and turns and scales around its centre", () => {
  const still = pictureMatrix(template, IN_PLACE, 100, 200);
  expect(at(still, 50, 200)[0]).toBeCloseTo(60);
  expect(at(still, 50, 200)[1]).toBeCloseTo(55);
  expect(at(still, 50, 0)[1]).toBeCloseTo(5);
  const moved = pictureMatrix(template, { scale: 2, dx: 3, dy: -4, turn: 90 }, 100, 200);
  expect(at(moved, 50, 100)[0]).toBeCloseTo(63);
  expect(at(moved, 50, 100)[1]).toBeCloseTo(26);
  expect(at(moved, 50, 0)[0]).toBeGreaterThan(64);
});

test("a placement stays within what the server accepts", () => {
  expect(bounded({ scale: 9, dx: 400, dy: -1.234, turn: 270 })).toEqual({ scale: 5, dx: 100, dy: -1.23, turn: -90 });
  expect(bounded({ scale: 0, dx: 0, dy: 0, turn: -181 })).toEqual({ scale: 0.2, dx: 0, dy: 0, turn: 179 });
});

test("drawings are shown in the colours of the design", () => {
  const design = { ...begun("hills"), colours: { ground: "#112233" } };
  expect(decodeURIComponent(drawn('<rect fill="{{ground}}"/>', template, design))).toContain('fill="#112233"');
});
