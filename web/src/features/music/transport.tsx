import { useWords as useSharedWords } from "../../i18n/provider";
import { IconButton, Slider, Toggle } from "../../ui/controls";
import { PauseIcon, PlayIcon } from "../../ui/icons";
import type { Score } from "./score";
import styles from "./transport.module.css";
import { type Playing, usePosition } from "./use-player";
import { useWords } from "./words";

/** Play, pause, the place in the piece, and whether it is repeated. */
export function Transport({
  score,
  playing,
  loop,
  setLoop,
}: {
  score: Score;
  playing: Playing;
  loop: boolean;
  setLoop: (loop: boolean) => void;
}) {
  const words = useWords();
  const { play, pause } = useSharedWords();
  const [position, seek] = usePosition(playing);
  const { steps, beats, beatSteps } = score;
  const bar = beats * beatSteps;
  const on = playing.playing;
  return (
    <div className={styles.transport}>
      <IconButton name={on ? pause : play} variant="solid" onPress={() => playing.setPlaying(!on)}>
        {on ? <PauseIcon /> : <PlayIcon />}
      </IconButton>
      <Slider
        quiet
        label={words.position}
        value={Math.min(Math.floor(position), steps - 1)}
        onChange={seek}
        minValue={0}
        maxValue={steps - 1}
        step={1}
      />
      <span className="quiet small figures">
        {words.bar(Math.min(Math.floor(position / bar) + 1, Math.ceil(steps / bar)), Math.ceil(steps / bar))}
      </span>
      <Toggle text={words.loop} value={loop} onChange={setLoop} />
    </div>
  );
}
