// Which runs of the list are shown: words in their names, recipes and states, and one state.
import type { RunCard } from "../../api/types";

export type Wanted = { text: string; state: string };

/** The names of the two in the query of the list's address. */
export const TEXT = "q";
export const STATE = "state";

/** Runs that have every word of the text, in any order and case, and the state; an empty one is any. */
export function matching(
  runs: readonly RunCard[],
  { text, state }: Wanted,
  stateNames: Readonly<Record<string, string>>,
): RunCard[] {
  const words = text.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(({ name, status }) => {
    if (state && status.state !== state) return false;
    const said = [name, status.recipe, status.family, status.state, stateNames[status.state]];
    const whole = said.join(" ").normalize("NFC").toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}
