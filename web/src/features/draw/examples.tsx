// Example drawings, shown as long as the paper is empty.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useSearchParams } from "wouter";
import { DRAWINGS, EXAMPLE, loadExample } from "../../api/examples";
import { Examples } from "../../ui/examples";
import { fromFile } from "./file";
import type { Mark } from "./marks";
import { useWords } from "./words";

const SIDE = 72; // of the small picture of a drawing

const pathOf = (mark: Mark): string =>
  mark.kind === "stroke" ? mark.dots.map(({ x, y }, i) => `${i ? "L" : "M"}${x * SIDE} ${y * SIDE}`).join("") : "";

const useDrawings = () =>
  useQuery({
    queryKey: ["example drawings"],
    queryFn: ({ signal }) =>
      Promise.all(DRAWINGS.map(async (address) => fromFile(await (await loadExample(address, signal)).text()))),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;

/** Drawings to begin with. A press puts one on the paper; an address that asks for an example does so at once. */
export function ExampleDrawings({ take }: { take: (marks: readonly Mark[]) => void }) {
  const drawings = useDrawings();
  const [query, setQuery] = useSearchParams();
  const asked = query.has(EXAMPLE);
  const latest = useRef(take);
  latest.current = take;
  const first = drawings?.[0];
  useEffect(() => {
    if (!asked || !first) return;
    latest.current(first);
    setQuery((old) => new URLSearchParams([...old].filter(([name]) => name !== EXAMPLE)), { replace: true });
  }, [asked, first, setQuery]);
  return drawings ? <DrawingChoice drawings={drawings} take={take} /> : null;
}

export function DrawingChoice({
  drawings,
  take,
}: {
  drawings: readonly (readonly Mark[])[];
  take: (marks: readonly Mark[]) => void;
}) {
  const words = useWords();
  return (
    <Examples
      title={words.examples}
      entries={drawings.map((marks, index) => ({
        name: words.example(index + 1),
        picture: (
          <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden="true">
            <path d={marks.map(pathOf).join("")} />
          </svg>
        ),
        take: () => take(marks),
      }))}
    />
  );
}
