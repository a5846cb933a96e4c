import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const montage: Feature = {
  name: "montage",
  routes: ["/montage/:bundle?"],
  nav: { address: "/montage", group: "use" },
  page: lazy(() => import("./page").then((module) => ({ default: module.MontagePage }))),
  words: translations,
};
