// The pages about training runs: the list of them, or one.
import { useSearchParams } from "wouter";
import type { PageProps } from "../../feature";
import { COMPARED, ComparePage } from "./compare";
import { RunsPage } from "./list";
import { RunPage } from "./run";

export function RunsPages({ params: { run } }: PageProps) {
  const compared = useSearchParams()[0].getAll(COMPARED);
  if (run === undefined && compared[0] && compared[1]) return <ComparePage ids={[compared[0], compared[1]]} />;
  return run === undefined ? <RunsPage /> : <RunPage key={run} id={run} />;
}
