import { lazy } from "react";
import type { Feature } from "../../feature";
import { translations } from "./words";

export const access: Feature = {
  name: "access",
  routes: ["/sign-in"],
  nav: null,
  page: lazy(() => import("./page").then((module) => ({ default: module.SignInPage }))),
  words: translations,
};
