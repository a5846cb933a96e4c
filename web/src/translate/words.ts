import type { Words as AllWords } from "../words/en";
import { useWords as all } from "../words/words";

export type Words = AllWords["translate"];

/** The Translate page's part of the words. */
export const useWords = (): Words => all().translate;
