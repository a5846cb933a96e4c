import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const home: Feature = {
  name: "home",
  routes: ["/"],
  nav: { address: "/", group: "use" },
  page: lazy(() => import("./page").then((module) => ({ default: module.HomePage }))),
  words: translations,
};
