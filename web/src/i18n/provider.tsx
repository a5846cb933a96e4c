// The language of the pages: the system's at first, then whatever was chosen.
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { recall, remember } from "../ui/local-storage";
import { en } from "./words.en";
import { ko } from "./words.ko";

export type Language = "en" | "ko";

/** The same words in each language. */
export type Translations<Words> = Readonly<Record<Language, Words>>;

/** Words that several features share. */
export type Words = typeof en;

export const translations: Translations<Words> = { en, ko };

type Choice = { language: Language; setLanguage: (language: Language) => void };

const LanguageContext = createContext<Choice>({ language: "en", setLanguage: () => {} });

function firstLanguage(): Language {
  return (recall("language") ?? navigator.language).startsWith("ko") ? "ko" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo<Choice>(
    () => ({
      language,
      setLanguage: (next) => {
        remember("language", next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return (
    <I18nProvider locale={language === "ko" ? "ko-KR" : "en-GB"}>
      <LanguageContext value={choice}>{children}</LanguageContext>
    </I18nProvider>
  );
}

export function useLanguage(): Choice {
  return use(LanguageContext);
}

/** Whichever of the translations is in the language of the page. */
export function useTranslations<Words>(words: Translations<Words>): Words {
  return words[use(LanguageContext).language];
}

/** The words that several features share, in the language of the page. */
export function useWords(): Words {
  return useTranslations(translations);
}
