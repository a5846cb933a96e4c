import { lazy } from "react";
import { useMay } from "../../api/queries";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const train: Feature = {
  name: "train",
  routes: ["/train/:set?"],
  nav: { address: "/train", useShown: () => useMay("owner") },
  page: lazy(() => import("./page").then((module) => ({ default: module.TrainPages }))),
  words: translations,
};
