// A small drawing for each goal: what goes in on the left, what comes out on the right. Decoration only.
import type { ReactNode } from "react";

const ARROW = <path d="M42 24h12 M50 20l4 4-4 4" />;
const LEFT = <rect x="4" y="8" width="32" height="32" rx="5" />;
const RIGHT = <rect x="60" y="8" width="32" height="32" rx="5" />;
const FILLED = { fill: "var(--accent)", fillOpacity: 0.25 };
const hill = (x: number, filled: boolean) => (
  <>
    <path d={`M${x} 34l9-12 7 8 5-5 7 9z`} {...(filled ? FILLED : {})} />
    <circle cx={x + 20} cy="17" r="3" {...(filled ? FILLED : {})} />
  </>
);

const ART: Record<string, ReactNode> = {
  "new-pictures": (
    <>
      <rect x="18" y="4" width="32" height="32" rx="5" />
      <rect x="30" y="12" width="32" height="32" rx="5" fill="var(--surface)" />
      {hill(32, true)}
      <path d="M76 12v12 M70 18h12" />
    </>
  ),
  "new-by-class": (
    <>
      {LEFT}
      {RIGHT}
      <circle cx="20" cy="24" r="9" {...FILLED} />
      <path d="M67 32l9-17 9 17z" {...FILLED} />
    </>
  ),
  "drawing-to-picture": (
    <>
      {LEFT}
      {ARROW}
      {RIGHT}
      <path d="M9 33c5-16 8 6 12-8s6 2 10-4" />
      {hill(62, true)}
    </>
  ),
  "translate-pairs": (
    <>
      {LEFT}
      {ARROW}
      {RIGHT}
      {hill(6, false)}
      {hill(62, true)}
    </>
  ),
  "translate-domains": (
    <>
      {LEFT}
      <path d="M42 20h12 M50 16l4 4-4 4 M54 29H42 M46 25l-4 4 4 4" />
      {RIGHT}
      <circle cx="20" cy="24" r="9" />
      <path d="M67 32l9-17 9 17z" {...FILLED} />
    </>
  ),
  colour: (
    <>
      {LEFT}
      {ARROW}
      <rect x="60" y="8" width="32" height="32" rx="5" fill="light-dark(#ffe3c2, #50391f)" />
      {hill(6, false)}
      <path d="M62 34l9-12 7 8 5-5 7 9z" fill="light-dark(#4fa36b, #3f8b5a)" />
      <circle cx="82" cy="17" r="3" fill="light-dark(#e8590c, #ff9063)" />
    </>
  ),
  enlarge: (
    <>
      <rect x="14" y="16" width="16" height="16" rx="3" />
      {ARROW}
      {RIGHT}
      {hill(62, true)}
    </>
  ),
  "fill-holes": (
    <>
      {LEFT}
      {ARROW}
      {RIGHT}
      {hill(6, false)}
      <rect x="13" y="19" width="12" height="11" fill="var(--surface)" strokeDasharray="2 3" />
      {hill(62, true)}
    </>
  ),
  music: (
    <>
      <rect x="12" y="6" width="72" height="36" rx="5" />
      <path d="M12 18h72 M12 30h72 M36 6v36 M60 6v36" strokeOpacity="0.35" />
      <path d="M18 14h14 M38 22h10 M52 14h20 M18 34h24 M48 38h10 M64 30h14" strokeWidth="4" stroke="var(--accent)" />
    </>
  ),
  reference: (
    <>
      {LEFT}
      <path d="M48 18v12 M42 24h12" />
      {RIGHT}
      {hill(6, false)}
      <path d="M64 14l24 0 M64 20l24 0 M64 26l24 0 M64 32l24 0" strokeWidth="3" strokeOpacity="0.6" />
    </>
  ),
};

export function GoalArt({ goal }: { goal: string }) {
  return (
    <svg viewBox="0 0 96 48" aria-hidden="true" focusable="false">
      {ART[goal] ?? ART["new-pictures"]}
    </svg>
  );
}
