import { angles } from "./angles.ko";
import type { Words } from "./words";

// The sentences of the Look-alike page, in Korean.
export const ko: Words = {
  nav: "닮은꼴",
  title: "닮은꼴",
  lead: "누구를 닮았을까요? 얼굴의 각도를 비교하고, 어디가 닮았는지 알려 드립니다.",
  gallery: "비교할 사람들",
  galleryFacts: (people) => `${people.toLocaleString("ko")}명`,
  from: "출처",
  deleteAfter: (day) => `${day}에 삭제할 예정`,
  consentTitle: "시작하기 전에",
  consent:
    "사진 속 인물은 나 자신이거나 이 사용에 동의한 사람이며, 모두 만 18세 이상입니다. 사진은 이 답을 위해서만 메모리에서 " +
    "사용하고 보관하지 않습니다.",
  agree: "동의합니다",
  examples: "예시로 해 보기",
  examplesCredit: "퍼블릭 도메인 초상 사진",
  example: (number) => `예시 ${number}`,
  yours: "내 사진",
  another: "다른 사진",
  weight: "비교 기준",
  weightFormat: (weight) =>
    weight === 0
      ? "얼굴형만"
      : weight === 1
        ? "전체 인상만"
        : `얼굴형 ${Math.round((1 - weight) * 100)}%, 전체 인상 ${Math.round(weight * 100)}%`,
  weightHelp: "얼굴형: 얼굴의 각도. 전체 인상: 얼굴로 학습한 신경망(SFace)으로, 피부와 머리, 나이도 봅니다.",
  comparing: "비교하는 중 …",
  results: "가장 닮은 사람",
  place: (place) => `${place}.`,
  share: (share) =>
    share < 0.99 ? `100쌍 중 ${Math.floor(share * 100)}쌍` : `1,000쌍 중 ${Math.floor(share * 1000)}쌍`,
  nearer: (pairs) => `서로 모르는 사람 ${pairs}보다 더 닮았습니다`,
  both: (shape, overall) => `얼굴형: ${shape}. 전체 인상: ${overall}.`,
  shared: (names) => `둘 다 남다르게 닮은 곳: ${names.join(", ")}.`,
  different: (names) => `가장 다른 곳: ${names.join(", ")}.`,
  nothing: "두 얼굴에서 함께 두드러지는 각도가 없습니다.",
  angles,
  degrees: "각도 보기",
  angle: "각도",
  own: "나",
  other: "상대",
  usual: "보통",
  outlines: (name) => `내 얼굴과 ${name}의 윤곽을 겹친 그림`,
  ownLine: "나",
  picture: (name) => `${name}의 초상`,
  rivals: (share) =>
    `가장 가까운 사람은 언제나 있습니다. 이 갤러리 사람들의 ${Math.round(share * 100)}%에게는 첫 번째 결과가 나와 가까운 것보다 ` +
    "더 가까운 사람이 갤러리 안에 있습니다.",
  leftOut: (count) =>
    `사진 속 본인일 수 있는 ${count}명을 제외했습니다. 서로 다른 사람만 비교하며 누구인지 알아내지 않습니다.`,
  claim: "닮았다는 것은 같은 사람이라는 뜻이 아니며, 혈연이나 성격과도 관계가 없습니다.",
  emptyTitle: "아직 갤러리가 없습니다",
  emptyText:
    "갤러리는 동의한 사람, 또는 동의가 필요 없는 사람의 정면 사진으로 만듭니다. 한 사람에 폴더 하나 또는 파일 하나입니다.",
  emptyAfter: "예를 들어 공식 초상이 퍼블릭 도메인인 미국 의회 의원들:",
  unknown: (id) => `${id} 갤러리가 없습니다.`,
  method: "비교하는 방법과 각도를 쓰는 까닭",
  methodText: [
    "얼굴의 점 468개를 3차원으로 읽어 정면으로 돌립니다. 그래서 고개를 조금 돌려도 값이 거의 변하지 않으며, 14°를 넘으면 사진을 받지 않습니다. 세 점씩 45곳에서 각도를 재고, 왼쪽과 오른쪽은 평균을 냅니다.",
    "선의 기울기에는 한계가 없어 정규화할 수 없습니다. 수직선은 무한히 가파르고, 그 너머에서는 부호가 뒤집힙니다. 기울기는 앞뒤가 없는 방향이기 때문입니다. 179°의 선은 1°의 선과 거의 같지만 둘의 평균은 90°가 아닙니다. 두 배로 하면 2°와 358°가 되어 원 위에서 나란히 놓이고, 평균과 거리가 다시 맞습니다.",
    "세 점의 각도에는 이런 문제가 없습니다. 0°와 180° 사이에 있고, 기준 방향이 없으며, 사람마다 몇 도씩만 다르고 양 끝에서 멉니다. 그래서 보통 숫자처럼 정규화합니다. 중앙값에서 보통의 퍼짐을 단위로 얼마나 떨어져 있는지를 봅니다.",
    "웃음이나 사진에 따라 움직이는 각도는 적게 셉니다. 결과는 서로 모르는 사람들의 쌍 사이에서 차지하는 순위이며, 닮은 정도의 퍼센트가 아닙니다. 그런 척도는 없습니다.",
  ],
  circle: "1°의 선과 179°의 선은 거의 같은 선입니다. 두 배로 하면 원 위의 이웃입니다.",
  asLines: "기울기",
  doubled: "두 배",
};
