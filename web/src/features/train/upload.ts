// Sends pictures to the studio: several at a time, each once more when the studio is busy; a zip in parts.
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "../../api/client";
import { reduced } from "../../ui/reduced";
import { addPicture, addZipPart, createSet, expectPictures, picturePaths, unpackZip } from "./api";

/** A file and its path below what was dropped. */
export type Entry = { file: File; path: string };

export type Sending = { kind: "pictures"; done: number; all: number } | { kind: "zip"; percent: number };

const AT_ONCE = 4;
const PART_BYTES = 8_000_000;
const TRIES = 6;

export const isZip = (file: File) => /\.zip$/i.test(file.name);

/** The common first folder of all paths, which is the name of what was dropped; empty: none. */
export function commonFolder(entries: readonly Entry[]): string {
  const first = entries[0]?.path.split("/") ?? [];
  const name = first.length > 1 ? (first[0] ?? "") : "";
  return name && entries.every(({ path }) => path.startsWith(`${name}/`)) ? name : "";
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again after a while when the studio is busy or does not answer. */
export async function patiently<T>(ask: () => Promise<T>, wait = pause): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const passing = error instanceof Problem && [0, 429, 503].includes(error.status);
      if (!passing || attempt >= TRIES) throw error;
      await wait(500 * 2 ** attempt);
    }
  }
}

/** Entries by their paths in a set, without those that are there. */
export function missingEntries(entries: readonly Entry[], there: readonly string[]): Entry[] {
  const folder = commonFolder(entries);
  const known = new Set(there);
  return entries
    .map(({ file, path }) => ({ file, path: folder ? path.slice(folder.length + 1) : path }))
    .filter(({ path }) => !known.has(path.normalize("NFC")));
}

async function sendPictures(
  id: string,
  entries: readonly Entry[],
  resuming: boolean,
  signal: AbortSignal,
  tell: (sending: Sending) => void,
) {
  const left = missingEntries(entries, resuming ? await picturePaths(id) : []);
  let next = 0;
  let done = entries.length - left.length;
  const worker = async () => {
    for (let entry = left[next++]; entry && !signal.aborted; entry = left[next++]) {
      const { path } = entry;
      const picture = await reduced(entry.file); // music stays as it is
      await patiently(() => addPicture(id, picture, path, signal));
      done += 1;
      tell({ kind: "pictures", done, all: entries.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function sendZip(id: string, file: File, signal: AbortSignal, tell: (sending: Sending) => void) {
  for (let offset = 0; offset < file.size && !signal.aborted; ) {
    const part = file.slice(offset, offset + PART_BYTES);
    const { size } = await patiently(() => addZipPart(id, part, offset, signal));
    offset = size;
    tell({ kind: "zip", percent: Math.round((100 * offset) / file.size) });
  }
  if (!signal.aborted) await unpackZip(id);
}

/** Sends files into a new set, or into one that exists. → how far it is, and what went wrong.

An upload that was interrupted goes on: pictures that are in the set are not sent again. */
export function useUpload(arrived: (id: string) => void, resuming = false) {
  const [sending, setSending] = useState<Sending | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    if (!sending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [sending]);
  const send = useCallback(
    async (entries: readonly Entry[], name: string, into?: string) => {
      const controller = new AbortController();
      running.current = controller;
      setError(null);
      const zip = entries.length === 1 && entries[0] && isZip(entries[0].file) ? entries[0].file : null;
      setSending(zip ? { kind: "zip", percent: 0 } : { kind: "pictures", done: 0, all: entries.length });
      try {
        const id = into ?? (await createSet(name)).name;
        await expectPictures(id, entries.length);
        if (zip) await sendZip(id, zip, controller.signal, setSending);
        else await sendPictures(id, entries, resuming, controller.signal, setSending);
        if (!controller.signal.aborted) await expectPictures(id, null);
        arrived(id);
      } catch (thrown) {
        if (!controller.signal.aborted) setError(thrown);
        controller.abort();
      } finally {
        setSending(null);
      }
    },
    [arrived, resuming],
  );
  return { sending, error, send, cancel: () => running.current?.abort() };
}
