import { useQuery } from "@tanstack/react-query";
import { DrawingChoice } from "../features/draw/examples";
import { fromFile } from "../features/draw/file";
import type { Mark } from "../features/draw/marks";

/** Drawings that lie beside the page, to begin with. */
export function ExampleDrawings({ paths, take }: { paths: readonly string[]; take: (marks: readonly Mark[]) => void }) {
  const { data } = useQuery({
    queryKey: ["example drawings", paths],
    queryFn: () => Promise.all(paths.map(async (path) => fromFile(await (await fetch(path)).text()))),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.length ? <DrawingChoice drawings={data} take={take} /> : null;
}
