import type { en } from "./words.en";

export const ko: typeof en = {
  nav: "홈",
  model: "모델",
  title: "내 모델",
  lead: "그리고, 생성하고, 학습하는 모습을 지켜보세요. 모든 것은 이 컴퓨터에 남습니다.",
  running: "지금 학습 중",
  watch: "지켜보기",
  generate: "생성하기",
  draw: "그리기",
  translate: "변환하기",
  run: "학습 기록",
  previewOf: (name) => `${name} 예시 그림`,
  trained: (pictures) => `그림 ${pictures}장을 보며 학습`,
  emptyTitle: "아직 모델이 없습니다",
  emptyText: "첫 모델을 학습해 보세요. 아바타 천 장을 그려 2분 안팎에 학습합니다. 내 그림 폴더를 쓸 수도 있습니다.",
  emptyOwn: "내 그림으로",
  lower: "낮을수록 좋음",
  higher: "높을수록 좋음",
  refused: "쓰지 않는 모델",
  reload: "새 모델은 자동으로 나타납니다.",
};
