// The pictures on the table: they live in this tab and nowhere else.
import { useCallback, useEffect, useRef, useState } from "react";

export type Picture = { id: number; name: string; file: Blob; address: string };

export const MOST_PICTURES = 24;
export const MOST_REFERENCES = 12;
/** References whose make-up is mixed: the studio takes no more. */
export const MOST_MIXED = 6;

let count = 0;

function toPicture(file: Blob): Picture {
  count += 1;
  const name = file instanceof File && file.name ? file.name : `picture-${count}`;
  return { id: count, name, file, address: URL.createObjectURL(file) };
}

export type Table = {
  pictures: Picture[];
  chosen: Picture | undefined;
  /** → those that found room. The first of them is chosen. */
  add: (files: Blob[]) => Picture[];
  remove: (id: number) => void;
  choose: (id: number) => void;
};

/** A few pictures of which one is chosen; the oldest make room beyond `most`. */
export function useTable(most: number): Table {
  const [pictures, setPictures] = useState<Picture[]>([]);
  const [chosen, setChosen] = useState<number>();
  const latest = useRef(pictures);
  latest.current = pictures;

  const put = useCallback((next: Picture[]) => {
    const kept = new Set(next.map((each) => each.id));
    for (const each of latest.current) {
      // The page may show it until its next paint.
      if (!kept.has(each.id)) setTimeout(() => URL.revokeObjectURL(each.address), 1000);
    }
    latest.current = next;
    setPictures(next);
  }, []);

  const add = useCallback(
    (files: Blob[]) => {
      const fresh = files.slice(0, most).map(toPicture);
      const first = fresh[0];
      if (!first) return [];
      put([...latest.current, ...fresh].slice(-most));
      setChosen(first.id);
      return fresh;
    },
    [most, put],
  );

  const remove = useCallback(
    (id: number) => {
      const place = latest.current.findIndex((each) => each.id === id);
      const rest = latest.current.filter((each) => each.id !== id);
      put(rest);
      setChosen((old) => (old === id ? rest[Math.min(Math.max(place, 0), rest.length - 1)]?.id : old));
    },
    [put],
  );

  // Addresses are given back with the page, but not by React's rehearsal of leaving it.
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
      setTimeout(() => {
        if (!here.current) for (const each of latest.current) URL.revokeObjectURL(each.address);
      }, 1000);
    };
  }, []);

  return {
    pictures,
    chosen: pictures.find((each) => each.id === chosen) ?? pictures[0],
    add,
    remove,
    choose: setChosen,
  };
}

/** A square of the middle, in the picture's own pixels. @throws when the browser cannot read the file. */
export async function middleOf(file: Blob, side: number): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const [width, height] = [Math.min(side, picture.width), Math.min(side, picture.height)];
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const [left, top] = [Math.floor((picture.width - width) / 2), Math.floor((picture.height - height) / 2)];
  canvas.getContext("2d")?.drawImage(picture, left, top, width, height, 0, 0, width, height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser gave no picture."))), "image/png");
  });
}
