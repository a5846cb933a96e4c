import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const translate: Feature = {
  name: "translate",
  routes: ["/translate/:bundle?"],
  nav: { address: "/translate" },
  page: lazy(() => import("./page").then((module) => ({ default: module.TranslatePage }))),
  words: translations,
};
