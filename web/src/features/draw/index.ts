import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const draw: Feature = {
  name: "draw",
  routes: ["/draw/:bundle?"],
  nav: { address: "/draw", group: "use" },
  page: lazy(() => import("./page").then((module) => ({ default: module.DrawPage }))),
  words: translations,
};
