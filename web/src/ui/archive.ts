// Several files as one download.
import { download } from "./download";
import { contentOf } from "./picture-content";

export type Content = Blob | string;

/** A name that no other file has: `a.png`, `a-2.png`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const at = name.lastIndexOf(".");
  const [stem, ending] = at > 0 ? [name.slice(0, at), name.slice(at)] : [name, ""];
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${stem}-${n}${ending}`;
    if (!taken.has(free)) return free;
  }
}

/** A zip of files by name, and of settings as `settings.json`. Pictures are compressed already and are stored. */
export async function archive(files: ReadonlyMap<string, Blob>, settings: unknown): Promise<Blob> {
  const { strToU8, zipSync } = await import("fflate");
  const entries: Record<string, Uint8Array> = {};
  for (const [name, content] of files) entries[name] = new Uint8Array(await content.arrayBuffer());
  entries["settings.json"] = strToU8(`${JSON.stringify(settings, null, 2)}\n`);
  const zipped = zipSync(entries, { level: 0 });
  return new Blob([zipped as Uint8Array<ArrayBuffer>], { type: "application/zip" });
}

/** Saves pictures with their settings as one zip; `about` is what the settings say of each picture beside its file. */
export async function saveAll(
  name: string,
  pictures: readonly { name: string; content: Content; about?: object }[],
  settings: object,
): Promise<void> {
  const files = new Map<string, Blob>();
  const listed = [];
  for (const { name: wanted, content, about } of pictures) {
    const file = freeName(wanted, new Set(files.keys()));
    files.set(file, typeof content === "string" ? await contentOf(content) : content);
    listed.push({ file, ...about });
  }
  download(await archive(files, { ...settings, pictures: listed }), name);
}
