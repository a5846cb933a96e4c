// The path below which the studio lies, such as /ganvas; empty: none. The server writes it into the page.

const stated = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="ganvas-root"]')?.content ?? "";

export const ROOT = stated.startsWith("/") ? stated.replace(/\/+$/, "") : "";

/** The address of something whose path the server gave, which begins with a slash. */
export const rooted = (path: string): string => `${ROOT}${path}`;
