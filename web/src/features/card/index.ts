import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const card: Feature = {
  name: "card",
  routes: ["/card"],
  nav: { address: "/card", group: "use" },
  page: lazy(() => import("./page").then((module) => ({ default: module.CardPage }))),
  words: translations,
};
