// Example photographs, shown as long as nothing is on the table.
import { useEffect, useRef } from "react";
import { useSearchParams } from "wouter";
import { EXAMPLE, loadExample, PHOTOS } from "../../api/examples";
import { Examples } from "../../ui/examples";
import { useWords } from "./words";

/** Photographs to begin with. A press takes one; an address that asks for an example does so at once. */
export function ExamplePhotos({ add, failed }: { add: (files: Blob[]) => void; failed: (problem: unknown) => void }) {
  const words = useWords();
  const [query, setQuery] = useSearchParams();
  const asked = query.has(EXAMPLE);
  const take = (address: string) => {
    loadExample(address)
      .then((photo) => add([new File([photo], address.slice(address.lastIndexOf("/") + 1), { type: photo.type })]))
      .catch(failed);
  };
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (!asked) return;
    setQuery((old) => new URLSearchParams([...old].filter(([name]) => name !== EXAMPLE)), { replace: true });
    latest.current(PHOTOS[0] as string);
  }, [asked, setQuery]);
  return (
    <Examples
      title={words.examples}
      credit={words.examplesCredit}
      entries={PHOTOS.map((address, index) => ({
        name: words.example(index + 1),
        picture: <img src={address} alt="" loading="lazy" />,
        take: () => take(address),
      }))}
    />
  );
}
