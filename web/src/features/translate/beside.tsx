// Before and after: under a slider, or next to each other.
import { type CSSProperties, useState } from "react";
import styles from "./beside.module.css";
import type { Shown } from "./shown";
import { useWords } from "./words";

export type Overlay = { address: string; opacity: number };

type Pair = { before: Shown; after: Shown | undefined; beforeName: string; overlay?: Overlay | undefined };

const Heat = ({ overlay, alt }: { overlay: Overlay; alt: string }) => (
  <img
    className={styles.heat}
    data-testid="heat"
    src={overlay.address}
    alt={alt}
    style={{ opacity: overlay.opacity }}
  />
);

export function Slide({ before, after, beforeName, overlay }: Pair) {
  const words = useWords();
  const [share, setShare] = useState(50);
  const style = {
    "--share": `${share}%`,
    "--ratio": before.width / before.height,
  } as CSSProperties;
  return (
    <div className={`${styles.frame} ${styles.slide}`} style={style}>
      <img src={before.address} alt={beforeName} />
      {after && <img className={styles.after} data-testid="after" src={after.address} alt={words.result} />}
      {overlay && <Heat overlay={overlay} alt={words.heatAlt} />}
      {after && (
        <>
          <span className={styles.line} aria-hidden="true" />
          <span className={styles.tag} aria-hidden="true">
            {beforeName}
          </span>
          <span className={`${styles.tag} ${styles.tagAfter}`} aria-hidden="true">
            {words.after}
          </span>
          <input
            type="range"
            min={0}
            max={100}
            value={share}
            aria-label={words.slide}
            onChange={(event) => setShare(Number(event.target.value))}
          />
        </>
      )}
    </div>
  );
}

export function Beside({ before, after, beforeName, overlay }: Pair) {
  const words = useWords();
  const style = { "--ratio": before.width / before.height } as CSSProperties;
  return (
    <div className={styles.beside} style={style}>
      <figure>
        <div className={styles.frame}>
          <img src={before.address} alt={beforeName} />
          {overlay && <Heat overlay={overlay} alt={words.heatAlt} />}
        </div>
        <figcaption>{beforeName}</figcaption>
      </figure>
      <figure>
        <div className={styles.frame}>{after && <img src={after.address} alt={words.result} />}</div>
        <figcaption>{words.after}</figcaption>
      </figure>
    </div>
  );
}
