// The names of the models that ship with the package, in Korean. Other models are called what their makers called them.
import type { BundleCard } from "../api/types";
import { type Translations, useTranslations } from "./provider";

const titles: Translations<Record<string, string>> = {
  en: {},
  ko: {
    "Colour for portraits": "흑백 인물 사진에 색 입히기",
    "Four times larger": "네 배로 확대",
    "Pencil portrait": "연필 초상화",
    "String quartets": "현악 사중주",
    "New portraits": "새로운 인물 사진",
    "Portrait from a drawing": "그림으로 만드는 인물 사진",
  },
};

/** Says what a model is called. */
export function useModelTitle(): (bundle: Pick<BundleCard, "name">) => string {
  const known = useTranslations(titles);
  return ({ name }) => known[name] ?? name;
}
