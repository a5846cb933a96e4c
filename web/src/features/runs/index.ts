import { lazy } from "react";
import { useMay } from "../../api/queries";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const runs: Feature = {
  name: "runs",
  routes: ["/runs/:run?"],
  nav: { address: "/runs", useShown: () => useMay("reviewer") },
  page: lazy(() => import("./page").then((module) => ({ default: module.RunsPages }))),
  words: translations,
};
