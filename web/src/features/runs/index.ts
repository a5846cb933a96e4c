import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const runs: Feature = {
  name: "runs",
  routes: ["/runs/:run?"],
  nav: { address: "/runs" },
  page: lazy(() => import("./page").then((module) => ({ default: module.RunsPages }))),
  words: translations,
};
