// Sentences that the server sends as a key with parameters, next to its own English sentence.

export type MessageParams = Readonly<Record<string, string | number>>;

/** Translations by the server's key; `{name}` stands for a parameter. */
export type Messages = Readonly<Record<string, string>>;

/** The translation of a key; the server's sentence where there is none. */
export function translated(messages: Messages, key: string, params: MessageParams, sentence: string): string {
  const message = Object.hasOwn(messages, key) ? messages[key] : undefined;
  if (message === undefined) return sentence;
  return message.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(params[name] ?? placeholder));
}
