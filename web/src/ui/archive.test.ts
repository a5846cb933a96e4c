import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { archive, freeName } from "./archive";

test("a zip holds every picture as it is, and the settings as JSON", async () => {
  const files = new Map([
    ["seed1.png", new Blob([new Uint8Array([137, 80])])],
    ["씨앗.png", new Blob([new Uint8Array([7])])],
  ]);
  const zip = await archive(files, { model: "faces", pictures: [{ file: "seed1.png", seed: 1 }] });
  const found = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  expect(Object.keys(found)).toEqual(["seed1.png", "씨앗.png", "settings.json"]);
  expect([...(found["seed1.png"] ?? [])]).toEqual([137, 80]);
  expect(JSON.parse(new TextDecoder().decode(found["settings.json"]))).toEqual({
    model: "faces",
    pictures: [{ file: "seed1.png", seed: 1 }],
  });
});

test("files of one name get numbers, so that none replaces another", () => {
  expect(freeName("a.png", new Set())).toBe("a.png");
  expect(freeName("a.png", new Set(["a.png", "a-2.png"]))).toBe("a-3.png");
  expect(freeName("a", new Set(["a"]))).toBe("a-2");
});
