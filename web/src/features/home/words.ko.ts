import type { en } from "./words.en";

export const ko: typeof en = {
  nav: "홈",
  model: "모델",
  title: "내 모델",
  lead: "그림을 그리고, 생성하고, 학습 과정을 확인하세요.",
  running: "학습 중",
  generate: "생성하기",
  draw: "그리기",
  translate: "변환하기",
  music: "음악",
  try: "예시로 해 보기",
  run: "학습 기록",
  trained: (pictures) => `학습량: 그림 ${pictures}장`,
  trainedPhrases: (phrases) => `학습량: 악절 ${phrases}개`,
  emptyTitle: "아직 모델이 없습니다",
  emptyText:
    "첫 모델을 학습해 보세요. 아래 명령은 아바타 천 장을 그리고 2분 정도 학습합니다. 가지고 있는 그림 폴더를 써도 됩니다.",
  emptyOwn: "내 그림으로 학습하기",
  lower: "낮을수록 좋음",
  higher: "높을수록 좋음",
  refused: "사용할 수 없는 모델",
  reload: "새 모델은 자동으로 표시됩니다.",
};
