// Errors as sentences in the language of the page. The tables are loaded after the first page, one per language.
import { useQuery } from "@tanstack/react-query";
import { Problem } from "../api/client";
import { type MessageParams, type Messages, translated } from "./message";
import { type Language, useLanguage, useWords } from "./provider";

const TABLES: Record<Language, () => Promise<{ errors: Messages }>> = {
  en: () => import("./errors.en"),
  ko: () => import("./errors.ko"),
};

const NONE: Messages = {};

/** The sentences by the server's code; none until they are loaded. */
export function useErrorTable(): Messages {
  const { language } = useLanguage();
  const { data } = useQuery({
    queryKey: ["error sentences", language],
    queryFn: async () => (await TABLES[language]()).errors,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data ?? NONE;
}

export type ServerError = { code: string; params: MessageParams; sentence: string };

/** Says an error that came as part of an answer, such as why a model cannot be used. */
export function useServerError(): (error: ServerError) => string {
  const table = useErrorTable();
  return ({ code, params, sentence }) => translated(table, code, params, sentence);
}

/** Says what was thrown: a problem of the server by its code, any other error by its own message. */
export function useErrorSentence(): (error: unknown) => string {
  const { offline } = useWords();
  const say = useServerError();
  return (error) => {
    if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
    return error.status === 0 ? offline : say({ code: error.code, params: error.params, sentence: error.message });
  };
}
