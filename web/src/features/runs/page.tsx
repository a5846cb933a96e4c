// The pages about training runs: the list of them, or one.
import type { PageProps } from "../../feature";
import { RunsPage } from "./list";
import { RunPage } from "./run";

export function RunsPages({ params: { run } }: PageProps) {
  return run === undefined ? <RunsPage /> : <RunPage key={run} id={run} />;
}
