import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const generate: Feature = {
  name: "generate",
  routes: ["/generate/:bundle?"],
  nav: { address: "/generate", group: "use" },
  page: lazy(() => import("./page").then((module) => ({ default: module.GeneratePage }))),
  words: translations,
};
