import { useTranslations } from "../../i18n/provider";
import { en } from "./words.en";
import { ko } from "./words.ko";

export const translations = { en, ko };

/** The sentences of the Train page, in the language of the page. */
export function useWords() {
  return useTranslations(translations);
}
