import { lazy } from "react";
import type { Feature } from "../../feature";
import { CatalogueNotice, useCatalogueOpen } from "./notice";
import { translations } from "./words";

export const curate: Feature = {
  name: "curate",
  routes: ["/review/:round?/:part?"],
  nav: { address: "/review", useShown: useCatalogueOpen },
  page: lazy(() => import("./page").then((module) => ({ default: module.CuratePage }))),
  words: translations,
  notice: CatalogueNotice,
};
