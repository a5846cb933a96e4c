// Why the studio does not take a picture, in the language of the page.
import { Problem } from "../../api/client";
import type { Words } from "./words";

/** The studio answers in English; what a user meets most often has its sentence in the other language as well. */
export function inWords(error: unknown, words: Words): unknown {
  if (!(error instanceof Problem)) return error;
  for (const { said, instead } of words.refusals) {
    const found = error.message.match(said);
    if (found) return new Problem(error.status, instead(...found.slice(1)));
  }
  return error;
}
