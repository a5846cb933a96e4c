import type { en } from "./words.en";

export const ko: typeof en = {
  language: "English",
  languageLabel: "영어로 바꾸기",
  skip: "본문으로 건너뛰기",
  navigation: "주 메뉴",
  navigationGroups: { use: "모델 사용", make: "모델 만들기" },
  theme: { label: "테마", light: "밝게", dark: "어둡게", system: "시스템" },
  footer:
    "모든 작업은 이 컴퓨터에서 실행됩니다. 학습 페이지에 추가한 사진을 제외하고, 그리거나 불러온 그림은 저장되지 않습니다.",
  footerShares:
    "모든 작업은 이 컴퓨터에서 실행됩니다. 링크를 복사한 그림과 학습 페이지에 추가한 사진을 제외하고, 그리거나 불러온 그림은 저장되지 않습니다.",
  footerElsewhere:
    "모든 작업은 이 스튜디오의 컴퓨터에서 실행됩니다. 학습 페이지에 추가한 사진을 제외하고, 그리거나 불러온 그림은 저장되지 않습니다.",
  footerElsewhereShares:
    "모든 작업은 이 스튜디오의 컴퓨터에서 실행됩니다. 링크를 복사한 그림 말고는 그리거나 불러온 그림이 저장되지 않습니다.",
  signedIn: (who) => `로그인됨: ${who}`,
  signIn: "로그인",
  signOut: "로그아웃",
  roleNames: { player: "플레이어", reviewer: "검토자", owner: "소유자" },
  loading: "불러오는 중",
  retry: "다시 시도",
  copy: "명령 복사",
  copied: "복사했습니다",
  progress: "진행",
  finishing: "모델을 평가하고 저장하는 중",
  play: "재생",
  pause: "멈춤",
  class: "종류",
  camera: {
    open: "카메라 쓰기",
    title: "카메라",
    take: "사진 찍기",
    close: "닫기",
    waits: "카메라를 기다리는 중입니다. 브라우저가 허용할지 물어볼 수 있습니다.",
    refused: "브라우저에서 카메라 사용이 거부되었습니다. 주소창 옆에서 허용한 뒤 다시 시도하거나 사진을 고르세요.",
    absent: "이 기기에서 카메라를 찾지 못했습니다. 대신 사진을 고르세요.",
    taken: "다른 프로그램이 카메라를 쓰고 있습니다. 그 프로그램을 닫고 다시 시도하세요.",
    insecure: "브라우저는 localhost나 https 페이지에만 카메라를 허용합니다. 대신 사진을 고르세요.",
  },
  picture: {
    drop: "그림을 끌어다 놓거나 붙여 넣거나",
    choose: "그림 선택",
    kinds: "PNG, JPEG, WebP, HEIC 등, 최대 20 MB",
  },
  problem: "문제가 생겼습니다",
  offline: "스튜디오가 응답하지 않습니다. `ganvas studio`가 실행 중인지 확인하세요.",
  sampleTraining: "예시 아바타로 해 보기",
  sampleTrainingHelp:
    "스튜디오가 아바타 천 장을 그리고 새로운 아바타를 만드는 법을 배웁니다. 프로세서 코어 두 개로 약 2분 걸립니다.",
  missing: { title: "페이지가 없습니다", text: "이 주소에는 페이지가 없습니다.", home: "홈으로 이동" },
  units: { images: "장/초", left: (time) => `${time} 남음`, kimg: (n) => `${n} kimg` },
  levels: { info: "참고", warning: "주의", error: "문제" },
};
