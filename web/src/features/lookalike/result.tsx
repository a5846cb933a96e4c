// One person whom the face resembles: portrait, outlines, reasons in words and in degrees.

import { type Answer, portraitOf, type Reason, type Resemblance } from "./api";
import { Outlines } from "./outlines";
import styles from "./result.module.css";
import { useWords } from "./words";

export function Result({
  gallery,
  pictures,
  answer,
  match,
  place,
}: {
  gallery: string;
  /** The gallery has a picture of each person. */
  pictures: boolean;
  answer: Answer;
  match: Resemblance;
  place: number;
}) {
  const words = useWords();
  const named = (reasons: readonly Reason[]) => reasons.map(({ angle }) => words.angles[angle] ?? angle);
  const { shared, different } = match;
  return (
    <li className={styles.result}>
      <div className={styles.pictures}>
        {pictures && (
          <img src={portraitOf(gallery, match.person)} alt={words.picture(match.name)} width={192} height={192} />
        )}
        <figure>
          <Outlines label={words.outlines(match.name)} own={answer.outline} other={match.outline} reasons={shared} />
          <figcaption className="small">
            <span className={styles.ownKey}>{words.ownLine}</span> <span className={styles.otherKey}>{match.name}</span>
          </figcaption>
        </figure>
      </div>
      <h3>
        <span className="quiet">{words.place(place)}</span> {match.name}
      </h3>
      <p>{words.nearer(words.share(match.together))}.</p>
      <p className="quiet small">{words.both(words.share(match.shape), words.share(match.overall))}</p>
      <p className="small">
        {shared.length > 0 ? words.shared(named(shared)) : words.nothing}{" "}
        {different.length > 0 && words.different(named(different))}
      </p>
      {shared.length + different.length > 0 && <Degrees reasons={[...shared, ...different]} />}
    </li>
  );
}

function Degrees({ reasons }: { reasons: readonly Reason[] }) {
  const words = useWords();
  return (
    <details className="small">
      <summary>{words.degrees}</summary>
      <table className={`figures ${styles.degrees}`}>
        <thead>
          <tr>
            {[words.angle, words.own, words.other, words.usual].map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {reasons.map(({ angle, own, other, usual }) => (
            <tr key={angle}>
              <th scope="row">{words.angles[angle] ?? angle}</th>
              <td>{own.toFixed(1)}°</td>
              <td>{other.toFixed(1)}°</td>
              <td>{usual.toFixed(1)}°</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
