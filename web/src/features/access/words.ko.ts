import type { en } from "./words.en";

export const ko: typeof en = {
  title: "로그인",
  lead: "다른 사람도 접속할 수 있는 스튜디오이므로 토큰이 필요합니다. 토큰은 운영자에게 받으세요.",
  token: "토큰",
  tokenHelp: "스튜디오를 시작하면 토큰이 출력됩니다.",
  name: "이름(선택)",
  nameHelp: "검토는 이 이름으로 기록됩니다. 이름이 정해진 토큰은 그 이름을 씁니다.",
  submit: "로그인",
  working: "로그인하는 중…",
  kept: "쿠키로 이 브라우저에서 30일 동안 로그인이 유지됩니다.",
  roles: "토큰으로 할 수 있는 일",
  player: "플레이어: 모델을 사용합니다.",
  reviewer: "검토자: 학습 기록을 보고 그림을 판정할 수도 있습니다.",
  owner: "소유자: 모든 작업을 할 수 있습니다.",
};
