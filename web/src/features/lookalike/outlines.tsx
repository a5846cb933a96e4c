// The outlines of two faces over each other, with the angles that speak for the resemblance.
import type { Line, Reason } from "./api";
import styles from "./result.module.css";

type Drawing = { own: Line[]; other: Line[]; reasons: readonly Reason[] };

const path = (line: Line) => line.map(([x = 0, y = 0], index) => `${index ? "L" : "M"}${x} ${y}`).join("");

/** The smallest square round both faces, with a margin. */
function viewBox({ own, other }: Drawing): string {
  const points = [...own, ...other].flat();
  const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const side = Math.max(right - left, bottom - top) * 1.08;
  return `${(left + right - side) / 2} ${(top + bottom - side) / 2} ${side} ${side}`;
}

export function Outlines({ label, ...drawing }: Drawing & { label: string }) {
  const { own, other, reasons } = drawing;
  return (
    <svg className={styles.outlines} viewBox={viewBox(drawing)} role="img" aria-label={label}>
      <path className={styles.other} d={other.map(path).join("")} />
      <path className={styles.own} d={own.map(path).join("")} />
      {reasons.map((reason) => (
        <g key={reason.angle} className={styles.marked}>
          <path className={styles.other} d={path(reason.other_line)} />
          <path className={styles.own} d={path(reason.own_line)} />
        </g>
      ))}
    </svg>
  );
}
