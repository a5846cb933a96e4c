import type { Run } from "../../api/types";
import { HealthNote } from "../../ui/feedback";
import { findingOf } from "./finding";
import { useWords } from "./words";

/** What the training reports about its balance. The advice names settings, in English. */
export function Health({ health }: { health: Run["health"] }) {
  const words = useWords();
  return (
    <section className="section" aria-labelledby="health">
      <h2 id="health">{words.health}</h2>
      {health.length === 0 && <HealthNote level="info" sentence={words.healthy} />}
      {health.map((finding) => (
        <HealthNote
          key={finding.name + finding.sentence}
          level={finding.level}
          sentence={findingOf(words.troubles, finding)}
        >
          {finding.advice && (
            <p className="quiet small">
              {words.advice}: <span lang="en">{finding.advice}.</span>
            </p>
          )}
        </HealthNote>
      ))}
    </section>
  );
}
