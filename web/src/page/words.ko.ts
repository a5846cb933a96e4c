import type { en } from "./words.en";

export const ko: typeof en = {
  kinds: { draw: "그리기", generate: "생성", translate: "변환", music: "음악" },
  loading: (done, all) => `모델을 불러오는 중: ${all} MB 중 ${done} MB`,
  starting: "이 브라우저에서 모델을 시작하는 중",
  failed: (reason) =>
    `이 브라우저에서 모델을 시작하지 못했습니다(${reason}). 페이지를 새로고침하거나 최신 브라우저에서 여세요.`,
  noModel: (reason) =>
    `이 페이지의 모델을 불러오지 못했습니다(${reason}). 파일로 직접 열지 말고 웹 서버를 통해 여세요.`,
  wrong: (difference) =>
    `이 브라우저의 계산 결과가 모델과 다릅니다(평균 차이 ${difference}, 허용 0.01). 여기 보이는 것은 모델의 답이 아닙니다. 다른 브라우저를 사용해 보세요.`,
  runs: { webgpu: "이 기기의 그래픽 프로세서에서 실행됩니다", wasm: "이 기기의 프로세서에서 실행됩니다" },
  stays: "모든 계산은 이 브라우저에서 이루어집니다. 그리거나 불러온 것은 이 기기를 떠나지 않습니다.",
  ready: (seconds) => `${seconds}초 만에 준비되었습니다.`,
  computed: (milliseconds) => `이 브라우저에서 ${milliseconds} ms`,
  leadDraw: "선을 그으면 그림이 따라옵니다.",
  leadMask: "사진을 불러와 바꾸고 싶은 곳을 칠하세요.",
  leadGenerate: "이 페이지에서는 같은 시드에서 항상 같은 그림이 나옵니다. 스튜디오의 시드와는 결과가 다릅니다.",
  more: "다른 그림",
  begin: (seed) => `시드 ${seed}부터 시작`,
  save: (name) => `${name} 저장`,
  leadTranslate: "사진을 고르세요.",
  centre: (side) => `사진 가운데의 정사각형만 ${side} × ${side} 픽셀로 줄여 사용합니다.`,
  faces: "이 모델은 가운데에 얼굴이 있는 사진으로 학습했습니다. 얼굴이 화면을 채우는 사진을 고르세요.",
  formats: "PNG, JPEG, WebP, GIF, AVIF",
  unreadable: "이 파일은 사진으로 읽을 수 없습니다. PNG나 JPEG를 사용해 보세요.",
  source: "내 사진",
  answer: "결과",
  another: "다른 사진",
  into: "방향",
  way: (from, to) => `${from} → ${to}`,
  saveAnswer: "결과 저장",
  leadMusic: "이 페이지에서는 같은 시드가 항상 같은 곡입니다.",
  about: "이 모델에 대하여",
  madeBy: "이 페이지의 그림과 음악은 모델이 만든 것입니다. 저장한 파일의 메타데이터에도 그렇게 적힙니다.",
  trained: (family, kimg) => `${family}, 학습 자료를 반복하여 모두 ${kimg}천 번 학습`,
  difference: (weights, mean) =>
    `가중치는 ${weights}로 저장되어 있으며, 결과는 원래 모델과 평균 ${mean}(범위 2 중) 다릅니다.`,
  credits: "학습 자료",
  noCredits: "출처가 기록되지 않았습니다. 무엇으로 학습했는지 이 페이지를 올린 사람에게 문의하세요.",
  count: (count) => `${count}개`,
  origin: "출처",
  card: "모델 카드",
  limits:
    "모델은 학습 자료의 편향을 되풀이하며, 결과가 특정 학습 자료와 비슷할 수 있습니다. 하지 않은 일을 한 것처럼 사람을 보여 주는 데 쓰지 마세요.",
  foot: "다른 서버에는 아무것도 요청하지 않습니다.",
  madeWith: "Ganvas로 만들었습니다",
};
