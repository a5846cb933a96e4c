import { useTranslations } from "../../i18n/provider";
import { en } from "./words.en";
import { ko } from "./words.ko";

export type Words = typeof en;

export const translations = { en, ko };

/** The words of the Montage page, in the language of the page. */
export const useWords = (): Words => useTranslations(translations);
