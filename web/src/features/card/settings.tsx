// What a person chooses about the card: template, texts, colours, the place of the picture.
import { Input, Label, TextField } from "react-aria-components";
import { Button, Slider, Toggle } from "../../ui/controls";
import type { Kit, Template } from "./api";
import styles from "./card.module.css";
import { COLOUR_NAMES, colourOf, type Design, IN_PLACE, type Placement, textOf, zonesOf } from "./design";
import { Face, type Shown } from "./face";
import { useWords } from "./words";

const MOST_TEXT = 60; // characters

type Props = {
  kit: Kit;
  template: Template;
  design: Design;
  change: (next: Partial<Design>) => void;
  picture: Shown | undefined;
  /** Colours out of the photograph. */
  found: readonly string[];
  language: "en" | "ko";
  guides: boolean;
  setGuides: (shown: boolean) => void;
};

export function Settings(props: Props) {
  const words = useWords();
  const { design, change, guides, setGuides, template } = props;
  const blend = design.blend ?? template.picture.blend;
  return (
    <>
      <Templates {...props} />
      <Texts {...props} />
      <Colours {...props} />
      <Place placement={design.placement} place={(placement) => change({ placement })} />
      <section className={styles.group} aria-label={words.guides}>
        <Toggle
          text={words.seeThrough}
          value={blend === "multiply"}
          onChange={(on) => change({ blend: on ? "multiply" : "normal" })}
        />
        <Toggle text={words.chip} value={design.chip} onChange={(chip) => change({ chip })} />
        <Toggle text={words.stripe} value={design.stripe} onChange={(stripe) => change({ stripe })} />
        <Toggle text={words.guides} value={guides} onChange={setGuides} />
      </section>
    </>
  );
}

function Templates({ kit, design, change, picture, language }: Props) {
  const words = useWords();
  return (
    <section className={styles.group} aria-label={words.template}>
      <h2>{words.template}</h2>
      <div className={styles.templates}>
        {kit.templates.map((each) => {
          const [x, y, width, height] = zonesOf(kit, each).trim;
          const own = { ...design, template: each.name, colours: {}, placement: IN_PLACE, blend: null };
          return (
            <button
              key={each.name}
              type="button"
              className={styles.template}
              aria-pressed={each.name === design.template}
              onClick={() => change({ template: each.name, colours: {}, placement: IN_PLACE, blend: null })}
            >
              <svg viewBox={`${x} ${y} ${width} ${height}`} aria-hidden="true">
                <Face kit={kit} template={each} design={own} side="front" picture={picture} language={language} />
              </svg>
              <span>{each.title[language] ?? each.name}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

function Texts({ template, design, change, language }: Props) {
  const words = useWords();
  return (
    <section className={styles.group} aria-label={words.texts}>
      <h2>{words.texts}</h2>
      {template.texts.map((box) => (
        <TextField
          key={box.id}
          className="field"
          value={textOf(box, design, language)}
          maxLength={MOST_TEXT}
          onChange={(text) => change({ typed: { ...design.typed, [box.id]: text } })}
        >
          <Label>{words.textNames[box.id] ?? box.id}</Label>
          <Input />
        </TextField>
      ))}
    </section>
  );
}

function Colours({ template, design, change, found }: Props) {
  const words = useWords();
  const take = (name: (typeof COLOUR_NAMES)[number], colour: string) =>
    change({ colours: { ...design.colours, [name]: colour } });
  return (
    <section className={styles.group} aria-label={words.colours}>
      <h2>{words.colours}</h2>
      <div className={styles.colours}>
        {COLOUR_NAMES.map((name) => (
          <label key={name} className={styles.colour}>
            <input
              type="color"
              value={colourOf(template, design, name)}
              onChange={(event) => take(name, event.target.value)}
            />
            {words.colourNames[name]}
          </label>
        ))}
      </div>
      {found.length > 0 && (
        <div className={styles.found} role="group" aria-label={words.fromPhoto}>
          <span className="quiet small">{words.fromPhoto}</span>
          {found.map((colour) => (
            <button
              key={colour}
              type="button"
              className={styles.swatch}
              style={{ background: colour }}
              aria-label={words.takeColour(colour)}
              title={words.takeColour(colour)}
              onClick={() => take("ground", colour)}
            />
          ))}
        </div>
      )}
      {Object.keys(design.colours).length > 0 && (
        <Button variant="bare" onPress={() => change({ colours: {} })}>
          {words.resetColours}
        </Button>
      )}
    </section>
  );
}

function Place({ placement, place }: { placement: Placement; place: (next: Placement) => void }) {
  const words = useWords();
  const mm = (value: number) => `${value.toFixed(1)} mm`;
  const slider = (
    name: keyof Placement,
    label: string,
    low: number,
    high: number,
    step: number,
    format: (value: number) => string,
  ) => (
    <Slider
      label={label}
      value={placement[name]}
      minValue={low}
      maxValue={high}
      step={step}
      format={format}
      onChange={(value) => place({ ...placement, [name]: Math.round(value * 100) / 100 })}
    />
  );
  return (
    <section className={styles.group} aria-label={words.place}>
      <h2>{words.place}</h2>
      {slider("scale", words.size, 0.2, 5, 0.01, (value) => `${Math.round(value * 100)} %`)}
      {slider("turn", words.turn, -180, 180, 1, (value) => `${Math.round(value)}°`)}
      {slider("dx", words.right, -60, 60, 0.5, mm)}
      {slider("dy", words.down, -60, 60, 0.5, mm)}
      {placement !== IN_PLACE && (
        <Button variant="bare" onPress={() => place(IN_PLACE)}>
          {words.resetPlace}
        </Button>
      )}
    </section>
  );
}
