// Where a model expects the parts of a face, and the way from there to where a face was drawn.
import styles from "./anchors.module.css";
import type { Parts, Placement } from "./api";
import { useWords } from "./words";

/** The parts of a face, marked on an empty paper. */
export function Anchors({ anchors }: { anchors: Parts["anchors"] }) {
  const words = useWords();
  return (
    <ul className={styles.anchors} aria-label={words.anchors} data-testid="anchors">
      {Object.entries(anchors).map(([part, { x, y }]) => (
        <li key={part} style={{ left: `${100 * x}%`, top: `${100 * y}%` }}>
          {words.parts[part] ?? part}
        </li>
      ))}
    </ul>
  );
}

/** What lays a portrait over the drawing as it was drawn: the inverse of its placement, as a CSS transform. */
export const back = ({ scale, angle, x, y }: Placement): string =>
  `scale(${1 / scale}) rotate(${-angle}deg) translate(${-100 * x}%, ${-100 * y}%)`;
