// What tells two runs apart: settings with different values, curves and metrics beside each other.
import type { Metric, StatsLine } from "../../api/types";
import { groupsOf, type Series } from "../../ui/chart/series";

/** The settings of a recipe by their dotted paths, as text. */
function flat(value: Readonly<Record<string, unknown>>, above = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, each] of Object.entries(value)) {
    const path = above + name;
    if (each !== null && typeof each === "object" && !Array.isArray(each))
      for (const entry of flat(each as Record<string, unknown>, `${path}.`)) found.set(...entry);
    else found.set(path, each === null ? "–" : Array.isArray(each) ? each.map(String).join(", ") : String(each));
  }
  return found;
}

/** The settings whose values differ; "": one of the recipes does not have it. */
export function differences(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): { path: string; values: [string, string] }[] {
  const [left, right] = [flat(one), flat(other)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((path) => ({ path, values: [left.get(path) ?? "", right.get(path) ?? ""] as [string, string] }))
    .filter(({ values: [first, second] }) => first !== second);
}

/** The curves of two runs, by term: each with one series for each run, also where a run has no values. */
export function comparedCurves(
  names: readonly [string, string],
  lines: readonly [readonly StatsLine[], readonly StatsLine[]],
): { term: string; series: Series[] }[] {
  const found = new Map<string, Series[]>();
  lines.forEach((each, index) => {
    for (const { series } of groupsOf(each))
      for (const { key, points } of series) {
        const both = found.get(key) ?? names.map((name) => ({ key: name, points: [] }));
        both[index] = { key: names[index] as string, points };
        found.set(key, both);
      }
  });
  return [...found].map(([term, series]) => ({ term, series }));
}

/** The newest value of every metric of two runs; undefined: the run was not measured by it. */
export function comparedMetrics(
  one: readonly Metric[],
  other: readonly Metric[],
): { metric: string; values: [Metric | undefined, Metric | undefined] }[] {
  const newest = (metrics: readonly Metric[], name: string) => metrics.findLast(({ metric }) => metric === name);
  return [...new Set([...one, ...other].map(({ metric }) => metric))].map((metric) => ({
    metric,
    values: [newest(one, metric), newest(other, metric)],
  }));
}
