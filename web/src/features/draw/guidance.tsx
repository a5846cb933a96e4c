// The sliders beside the portrait: one for all, the others folded away.
import { Switch } from "react-aria-components";
import { Slider } from "../../ui/controls";
import type { Region } from "./api";
import { ColourChoices } from "./colours";
import styles from "./guidance.module.css";
import portraitStyles from "./portrait.module.css";
import type { Guidance } from "./use-guidance";
import { useWords } from "./words";

const ORDER = ["left_eye", "right_eye", "nose", "mouth", "remainder"]; // as one looks at a face
const percentOf = (share: number) => Math.round(share * 100);

export function GuidancePanel({
  guidance,
  over,
  strength,
  setStrength,
  moved,
  uncoloured,
}: {
  guidance: Guidance;
  over: boolean;
  strength: number;
  setStrength: (strength: number) => void;
  /** The drawing of the result was brought to its place. */
  moved: boolean;
  /** Regions of the result that were not found, and keep their colours. */
  uncoloured: readonly Region[];
}) {
  const words = useWords();
  const { parts, settings, change, shadow, showShadow, place, setPlace } = guidance;
  const shares = Object.values(settings?.own ?? {});
  const mean = percentOf(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length));
  const even = shares.every((share) => share === shares[0]);
  return (
    <section className={portraitStyles.guidance} aria-label={words.guidance}>
      {over && (
        <Slider
          label={words.strength}
          value={strength}
          onChange={setStrength}
          minValue={0}
          maxValue={100}
          step={5}
          format={words.percent}
        />
      )}
      {parts && settings && (
        <>
          <div>
            <Slider
              label={words.trust}
              value={mean}
              onChange={(value) =>
                change({ ...settings, own: Object.fromEntries(parts.parts.map((part) => [part, value / 100])) })
              }
              minValue={0}
              maxValue={100}
              step={5}
              format={(value) => (even ? words.percent(value) : words.mixed)}
            />
            <p className="quiet small">{words.trustHelp}</p>
          </div>
          <div>
            <Switch className="switch" isSelected={shadow} onChange={showShadow}>
              <span className="switch-track" />
              {words.shadow}
            </Switch>
            <p className="quiet small">{words.shadowHelp}</p>
          </div>
          <div>
            <Switch className="switch" isSelected={place} onChange={setPlace}>
              <span className="switch-track" />
              {words.place}
            </Switch>
            <p className="quiet small" data-testid="placement" data-moved={moved || undefined}>
              {moved ? words.placed : words.placeHelp}
            </p>
          </div>
          <ColourChoices
            colours={settings.colours}
            change={(colours) => change({ ...settings, colours })}
            uncoloured={uncoloured}
          />
          <details className={styles.guidanceDetails}>
            <summary>{words.details}</summary>
            <div className={styles.guidanceParts}>
              {parts.parts.length > 1 &&
                ORDER.filter((part) => parts.parts.includes(part)).map((part) => (
                  <Slider
                    key={part}
                    label={words.parts[part] ?? part}
                    value={percentOf(settings.own[part] ?? parts.t.usual)}
                    onChange={(value) => change({ ...settings, own: { ...settings.own, [part]: value / 100 } })}
                    minValue={0}
                    maxValue={100}
                    step={5}
                    format={words.percent}
                  />
                ))}
              <div>
                <Slider
                  label={words.lean}
                  value={settings.k}
                  onChange={(k) => change({ ...settings, k })}
                  minValue={parts.k.least}
                  maxValue={Math.min(parts.k.most, 50)}
                  step={1}
                />
                <p className="quiet small">{words.leanHelp(parts.sketches.toLocaleString("en"))}</p>
              </div>
            </div>
          </details>
        </>
      )}
    </section>
  );
}
