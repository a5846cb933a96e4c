import type { Run } from "../../api/types";
import { HealthNote } from "../../ui/feedback";
import { useWords } from "./words";

/** What the training reports about its balance. Advice is in English only; in other languages it follows the trouble. */
export function Health({ health }: { health: Run["health"] }) {
  const words = useWords();
  return (
    <section className="section" aria-labelledby="health">
      <h2 id="health">{words.health}</h2>
      {health.length === 0 && <HealthNote level="info" sentence={words.healthy} />}
      {health.map(({ name, level, sentence }) => {
        const trouble = words.troubles[name];
        return (
          <HealthNote key={name + sentence} level={level} sentence={trouble ?? sentence}>
            {trouble !== undefined && (
              <p className="quiet small" lang="en">
                {sentence}
              </p>
            )}
          </HealthNote>
        );
      })}
    </section>
  );
}
