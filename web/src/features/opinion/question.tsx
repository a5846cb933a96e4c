// One question: its pictures, pixel for pixel, or its clips, and the answers by pointer, touch and keyboard.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/controls";
import { clipQuery, pictureAt, type Question, type Study } from "./api";
import { Clips } from "./clips";
import styles from "./page.module.css";
import { shownWidth } from "./scale";
import { useSaid } from "./words";

/** The answers in the order of their buttons; 1 to 5, or the first picture, not sure and the second. */
const ANSWERS = { acr: [1, 2, 3, 4, 5], dcr: [1, 2, 3, 4, 5], pairs: [1, 0, 2] } as const;

export function Asked({
  study,
  question,
  answer,
}: {
  study: Study;
  question: Question;
  answer: (value: number, milliseconds: number) => void;
}) {
  const words = useSaid(study.media);
  const client = useQueryClient();
  const clips = study.media === "clips";
  const [loaded, setLoaded] = useState(0);
  const [sent, setSent] = useState<number>();
  const began = useRef(0);
  const buttons = useRef<HTMLDivElement>(null);
  const ready = loaded >= question.pictures.length;
  const answers = ANSWERS[study.mode];
  useEffect(() => {
    if (clips) for (const id of question.following) void client.prefetchQuery(clipQuery(study.id, id));
  }, [client, clips, study.id, question.following]);
  useEffect(() => {
    if (ready) began.current = performance.now();
  }, [ready]);
  const say = (value: number) => {
    if (!ready) return;
    setSent(value);
    answer(value, Math.round(performance.now() - began.current));
  };
  const newest = useRef(say);
  newest.current = say;
  const { mode } = study;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      const arrows: Record<string, number> = { ArrowLeft: 1, ArrowRight: 2, ArrowDown: 0 };
      const value = mode === "pairs" && event.key in arrows ? arrows[event.key] : Number.parseInt(event.key, 10);
      if (value !== undefined && (ANSWERS[mode] as readonly number[]).includes(value)) newest.current(value);
      else if (event.key === "ArrowLeft" || event.key === "ArrowRight")
        moveFocus(buttons.current, event.key === "ArrowLeft" ? -1 : 1);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [mode]);
  return (
    <div className={styles.asked}>
      <p className={styles.ask}>{words.ask[mode]}</p>
      <div className={clips ? styles.clips : styles.pictures} data-ready={ready || undefined}>
        {clips && (
          <Clips
            study={study.id}
            clips={question.pictures.map(({ id }) => id)}
            labels={words.labels[mode]}
            heard={() => setLoaded((count) => count + 1)}
          />
        )}
        {(clips ? [] : question.pictures).map((picture, index) => (
          <Shown
            // biome-ignore lint/suspicious/noArrayIndexKey: a question may show one picture twice
            key={index}
            address={pictureAt(study.id, picture.id)}
            width={picture.width}
            height={picture.height}
            label={words.labels[mode][index] ?? ""}
            onLoad={() => setLoaded((count) => count + 1)}
          />
        ))}
      </div>
      <div
        ref={buttons}
        className={styles.answers}
        data-few={answers.length < 4 || undefined}
        role="group"
        aria-label={words.ask[mode]}
      >
        {answers.map((value) => (
          <Button
            key={value}
            isDisabled={!ready}
            variant={sent === value ? "solid" : "soft"}
            onPress={() => say(value)}
          >
            <span className={styles.key} aria-hidden="true">
              {value}
            </span>
            {words.answers[mode][value]}
          </Button>
        ))}
      </div>
      {(clips ? [] : question.following).map((id) => (
        <link key={id} rel="preload" as="image" href={pictureAt(study.id, id)} />
      ))}
    </div>
  );
}

function Shown({
  address,
  width,
  height,
  label,
  onLoad,
}: {
  address: string;
  width: number;
  height: number;
  label: string;
  onLoad: () => void;
}) {
  const [available, setAvailable] = useState(Math.min(window.innerWidth - 32, 1200));
  useEffect(() => {
    const measure = () => setAvailable(Math.min(window.innerWidth - 32, 1200));
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  const shown = shownWidth(width, available, window.devicePixelRatio || 1);
  return (
    <figure>
      <div className={styles.frame} tabIndex={shown > available ? 0 : undefined}>
        <img
          src={address}
          width={shown}
          height={(shown * height) / width}
          alt={label}
          draggable={false}
          onLoad={onLoad}
        />
      </div>
      <figcaption className="quiet small">{label}</figcaption>
    </figure>
  );
}

/** Moves the focus among the buttons of a group; without one, to the middle one. */
function moveFocus(group: HTMLElement | null, step: number) {
  const buttons = [...(group?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const next = at < 0 ? Math.floor(buttons.length / 2) : Math.max(0, Math.min(buttons.length - 1, at + step));
  buttons[next]?.focus();
}
