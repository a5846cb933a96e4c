import { useTranslations } from "../../i18n/provider";
import type { Study } from "./api";
import { en } from "./words.en";
import { ko } from "./words.ko";

export type Words = typeof en;

export const translations = { en, ko };

/** The words of the Opinion page, in the language of the page. */
export const useWords = (): Words => useTranslations(translations);

const OF_MUSIC = ["modes", "asked", "keys", "ask", "labels"] as const;

/** The words of the Opinion page for what a study rates. */
export function useSaid(media: Study["media"]): Words {
  const words = useWords();
  if (media === "pictures") return words;
  const { clips } = words;
  const said = Object.fromEntries(OF_MUSIC.map((key) => [key, { ...words[key], ...clips[key] }]));
  return { ...words, ...said, rules: clips.rules };
}
