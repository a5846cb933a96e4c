// How faces are compared, and what slopes have to do with circles.
import styles from "./method.module.css";
import { useWords } from "./words";

const RADIUS = 40;

/** The end of a line from the middle, at an angle in degrees. */
const end = (degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return [RADIUS * Math.cos(angle), -RADIUS * Math.sin(angle)] as const;
};

export function Method() {
  const words = useWords();
  const [first, ...others] = words.methodText;
  return (
    <details className={styles.method}>
      <summary>
        <h2>{words.method}</h2>
      </summary>
      <p>{first}</p>
      <figure>
        <div>
          <Axes title={words.asLines} degrees={[9, 171]} lines />
          <Axes title={words.doubled} degrees={[18, 342]} />
        </div>
        <figcaption className="quiet small">{words.circle}</figcaption>
      </figure>
      {others.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </details>
  );
}

function Axes({ title, degrees, lines = false }: { title: string; degrees: readonly number[]; lines?: boolean }) {
  return (
    <svg viewBox="-54 -54 108 118" role="img" aria-label={title}>
      <circle r={RADIUS} />
      {degrees.map((each, index) => {
        const [x, y] = end(each);
        const name = index ? styles.second : styles.first;
        return lines ? (
          <line key={each} className={name} x1={-x} y1={-y} x2={x} y2={y} />
        ) : (
          <g key={each} className={name}>
            <line x1={0} y1={0} x2={x} y2={y} />
            <circle cx={x} cy={y} r={4} />
          </g>
        );
      })}
      <text y={60}>{title}</text>
    </svg>
  );
}
