// The language of the pages: the system's at first, then whatever was chosen.
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { recall, remember } from "../parts/memory";
import { en, type Words } from "./en";
import { ko } from "./ko";

export type Language = "en" | "ko";

type Speech = { words: Words; language: Language; speak: (language: Language) => void };

const SpeechContext = createContext<Speech>({ words: en, language: "en", speak: () => {} });

function firstLanguage(): Language {
  return (recall("language") ?? navigator.language).startsWith("ko") ? "ko" : "en";
}

export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(
    () => ({
      words: language === "ko" ? ko : en,
      language,
      speak: (next) => {
        remember("language", next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return (
    <I18nProvider locale={language === "ko" ? "ko-KR" : "en-GB"}>
      <SpeechContext value={speech}>{children}</SpeechContext>
    </I18nProvider>
  );
}

export function useSpeech(): Speech {
  return use(SpeechContext);
}

export function useWords(): Words {
  return use(SpeechContext).words;
}
