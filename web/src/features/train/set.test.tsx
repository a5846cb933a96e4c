// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { App } from "../../app";

const SET = {
  name: "band",
  kind: "folder",
  uploaded: false,
  expected: null,
  samples: [],
  pieces: [],
  dropped: [],
  unpacking: null,
};
const MUSIC = { files: 5, pictures: 1, parts: 4, roles: {}, pieces: 5, unreadable: {} };
const NOTHING = { survey: null, music: null, suggestions: [], missing: [] };

test.each([
  ["pictures beside more music", { count: 1, music: 5 }, MUSIC, "Left out: 1 picture."],
  ["music beside more pictures", { count: 9, music: 2 }, null, "Left out: 2 music files."],
])("%s are said to be left out", async (_, counts, music, sentence) => {
  const answers: Record<string, unknown> = {
    "/v1/health": { status: "ok", catalogue: null, shares: false },
    "/v1/picture-sets/band": { ...SET, ...counts },
    "/v1/picture-sets/band/suggestions": { ...NOTHING, music },
    "/v1/recipes": { recipes: [] },
  };
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal("fetch", async (input: Request) => {
    const { pathname } = new URL(input.url);
    return pathname in answers ? Response.json(answers[pathname]) : Response.json({ detail: "" }, { status: 404 });
  });
  window.history.replaceState(null, "", "/train/band");
  render(<App />);
  expect(await screen.findByText(new RegExp(sentence))).toBeDefined();
});
