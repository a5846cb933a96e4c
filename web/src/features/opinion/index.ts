import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const opinion: Feature = {
  name: "opinion",
  routes: ["/opinion/:study?/:part?"],
  nav: { address: "/opinion" },
  page: lazy(() => import("./page").then((module) => ({ default: module.OpinionPage }))),
  words: translations,
};
