import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";
import { bundlesQuery } from "../../api/queries";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const music: Feature = {
  name: "music",
  routes: ["/music/:bundle?"],
  nav: {
    address: "/music",
    group: "use",
    useShown: () => useQuery(bundlesQuery).data?.bundles.some(({ page }) => page === "music") ?? false,
  },
  sheet: {
    shown: ({ music }) => music != null,
    part: lazy(() => import("./sheet").then((module) => ({ default: module.SheetPlayer }))),
  },
  page: lazy(() => import("./page").then((module) => ({ default: module.MusicPage }))),
  words: translations,
};
