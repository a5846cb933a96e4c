// A finding of the training in the language of the page.
import type { Run } from "../../api/types";
import { type Messages, translated } from "../../i18n/message";

type Finding = Run["health"][number];

const WITHOUT_VALUE = /\s?\([^()]*\{\w+\}[^()]*\)/g;

/** The finding by its name; the server's sentence where there is none. Runs of older versions have no values. */
export function findingOf(troubles: Messages, { name, params, sentence }: Finding): string {
  return translated(troubles, name, params, sentence).replace(WITHOUT_VALUE, "");
}
