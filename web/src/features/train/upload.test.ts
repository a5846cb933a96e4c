import { expect, test, vi } from "vitest";
import { Problem } from "../../api/client";
import type { Setting } from "./api";
import { settingChanges, suggestedChanges, withChange } from "./changes";
import { commonFolder, missingEntries, patiently } from "./upload";

const entry = (path: string) => ({ file: new File(["x"], "x"), path });

test("what was dropped is named by the folder that all of it is in", () => {
  expect(commonFolder([entry("cats/a/1.png"), entry("cats/2.png")])).toBe("cats");
  expect(commonFolder([entry("cats/1.png"), entry("dogs/2.png")])).toBe("");
  expect(commonFolder([entry("1.png")])).toBe("");
});

test("an upload that goes on sends what is missing, whatever form its names have", () => {
  const entries = [entry("cats/1.png"), entry("cats/\u1100\u1161.png"), entry("cats/a/2.png")];
  expect(missingEntries(entries, ["1.png", "\uac00.png"]).map(({ path }) => path)).toEqual(["a/2.png"]);
  expect(missingEntries(entries, [])).toHaveLength(3);
});

test("a busy studio is asked again, and a refusal is not", async () => {
  const ask = vi.fn().mockRejectedValueOnce(new Problem(503, "busy")).mockResolvedValue("kept");
  expect(await patiently(ask, async () => {})).toBe("kept");
  expect(ask).toHaveBeenCalledTimes(2);
  const refused = vi.fn().mockRejectedValue(new Problem(409, "no"));
  await expect(patiently(refused, async () => {})).rejects.toThrow("no");
  expect(refused).toHaveBeenCalledTimes(1);
});

test("changes of settings are sent as KEY=VALUE, and the recipe's own value is none", () => {
  const setting = { key: "train.kimg", value: 90 } as Setting;
  const changes = withChange(suggestedChanges(["data.channels=1"]), setting, 5);
  expect(settingChanges(changes)).toEqual(["data.channels=1", "train.kimg=5"]);
  expect(settingChanges(withChange(changes, setting, 90))).toEqual(["data.channels=1"]);
});
