// The features of the studio, in the order of the navigation. The routes and the navigation come from this list.
import type { Feature } from "./feature";
import { access } from "./features/access";
import { card } from "./features/card";
import { curate } from "./features/curate";
import { draw } from "./features/draw";
import { generate } from "./features/generate";
import { home } from "./features/home";
import { lookalike } from "./features/lookalike";
import { montage } from "./features/montage";
import { music } from "./features/music";
import { opinion } from "./features/opinion";
import { runs } from "./features/runs";
import { train } from "./features/train";
import { translate } from "./features/translate";

export const FEATURES: readonly Feature[] = [
  home,
  draw,
  generate,
  translate,
  card,
  music,
  lookalike,
  montage,
  opinion,
  train,
  runs,
  curate,
  access,
];
