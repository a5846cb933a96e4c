// Sentences that the server sends as a key with parameters, next to its own English sentence.

export type MessageParams = Readonly<Record<string, string | number>>;

/** A translation: the sentence, or what makes it from the parameters. */
export type Message = string | ((params: MessageParams) => string);

/** Translations by the server's key. */
export type Messages = Readonly<Record<string, Message>>;

/** The translation of a key; the server's sentence where there is none. */
export function translated(messages: Messages, key: string, params: MessageParams, sentence: string): string {
  const message = Object.hasOwn(messages, key) ? messages[key] : undefined;
  if (message === undefined) return sentence;
  return typeof message === "string" ? message : message(params);
}
