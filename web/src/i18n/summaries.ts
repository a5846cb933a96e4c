// What a model does, in the language of the page. The server's sentence is English.
import type { BundleCard } from "../api/types";
import { type Messages, translated } from "./message";
import { type Translations, useTranslations } from "./provider";

const summaries: Translations<Messages> = {
  en: {},
  ko: {
    synthesis: "난수로 새로운 그림을 만듭니다",
    classes: "{count}가지 종류의 새로운 그림을 만듭니다",
    sketch: "스케치를 그림으로 바꿉니다",
    grayscale: "흑백 사진에 색을 입힙니다",
    downscale: "작은 그림의 세부를 되살립니다",
    mask: "그림의 빈 곳을 채웁니다",
    labels: "영역 지도를 그림으로 바꿉니다",
    frames: "두 장면 사이의 장면을 만듭니다",
    paired: "한 종류의 그림을 다른 종류로 바꿉니다",
    unpaired: "두 종류의 그림을 서로 변환합니다",
    reference: "다른 그림의 스타일로 그림을 다시 그립니다",
    makeup: "한 얼굴의 화장을 다른 얼굴에 옮깁니다",
    music: "{count}개 트랙으로 된 {bars}마디의 음악을 만듭니다",
    accompaniment: "{bars}마디의 {track} 트랙에 {count}개 트랙을 더합니다",
  },
};

/** Says what a model does, without a full stop. */
export function useSummary(): (bundle: Pick<BundleCard, "summary">) => string {
  const messages = useTranslations(summaries);
  return ({ summary: { key, params, sentence } }) => translated(messages, key, params, sentence);
}
