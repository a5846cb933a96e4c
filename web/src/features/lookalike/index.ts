import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const lookalike: Feature = {
  name: "lookalike",
  routes: ["/lookalike/:gallery?"],
  nav: { address: "/lookalike", group: "use" },
  page: lazy(() => import("./page").then((module) => ({ default: module.LookalikePage }))),
  words: translations,
};
