import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const translate: Feature = {
  name: "translate",
  routes: ["/translate/:bundle?"],
  nav: { address: "/translate", group: "use" },
  also: [
    {
      address: "/translate?make-up",
      group: "use",
      query: "make-up",
      text: { en: translations.en.makeUp.name, ko: translations.ko.makeUp.name },
    },
  ],
  page: lazy(() => import("./page").then((module) => ({ default: module.TranslatePage }))),
  words: translations,
};
