import { expect, test } from "vitest";
import type { Queued, Reason } from "./api";
import { proposedVerdict } from "./proposed";

const reasons = ["eyes", "other"].map((key, digit) => ({ key, digit, meaning: key })) as Reason[];
const picture = (proposal: { keep: boolean; reason: string | null } | null) => ({ proposal }) as unknown as Queued;

test.each([
  [null, null],
  [
    { keep: true, reason: null },
    { verdict: "keep", reason: null },
  ],
  [
    { keep: false, reason: "eyes closed" },
    { verdict: "drop", reason: "eyes" },
  ],
  [
    { keep: false, reason: "eyes" },
    { verdict: "drop", reason: "eyes" },
  ],
  [
    { keep: false, reason: "a rule of one's own" },
    { verdict: "drop", reason: "other" },
  ],
])("of the proposal %j the verdict is %j", (proposal, verdict) => {
  expect(proposedVerdict(picture(proposal), reasons)).toEqual(verdict);
});
