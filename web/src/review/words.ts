import { useWords as all } from "../words/words";
import type { Words as AllWords } from "../words/en";

export type Words = AllWords["review"];

/** The review's part of the words. */
export const useWords = (): Words => all().review;
