import { useTranslations } from "../i18n/provider";
import { en } from "./words.en";
import { ko } from "./words.ko";

export const translations = { en, ko };

/** The words of the page of one model, in the language of the page. */
export const useWords = (): typeof en => useTranslations(translations);
