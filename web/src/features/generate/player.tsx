import { useEffect, useState } from "react";
import { useWords as useSharedWords } from "../../i18n/provider";
import { IconButton, Slider } from "../../ui/controls";
import { PauseIcon, PlayIcon } from "../../ui/icons";
import styles from "./player.module.css";
import { useWords } from "./words";

/** Pictures as a film that one may also leaf through. Without `loop` it stops at its end. */
export function Player({ frames, fps, loop }: { frames: string[]; fps: number; loop: boolean }) {
  const words = useWords();
  const { pause, play } = useSharedWords();
  const [index, setIndex] = useState(0);
  const [playing, setPlaying] = useState(false);
  const last = frames.length - 1;
  const shown = Math.min(index, last);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it starts at the frame shown at that moment
  useEffect(() => {
    if (!playing) return;
    // By the clock, so that a busy machine drops frames and the film keeps its length.
    let request = 0;
    let begun: number | undefined;
    const first = !loop && shown >= last ? 0 : shown;
    const draw = (now: number) => {
      begun ??= now;
      const frame = first + Math.floor(((now - begun) * fps) / 1000);
      setIndex(loop ? frame % frames.length : Math.min(frame, last));
      if (!loop && frame >= last) setPlaying(false);
      else request = requestAnimationFrame(draw);
    };
    request = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(request);
    // The frame at which it begins is the one shown when it begins, not each one after.
  }, [playing, fps, loop, frames]);

  return (
    <div className={styles.player}>
      <img className={styles.playerPicture} src={frames[shown]} alt={words.frame(shown + 1, frames.length)} />
      <div className={styles.playerFoot}>
        <IconButton name={playing ? pause : play} variant="solid" onPress={() => setPlaying(!playing)}>
          {playing ? <PauseIcon /> : <PlayIcon />}
        </IconButton>
        <Slider
          quiet
          label={words.frameSlider}
          value={shown}
          onChange={(frame) => {
            setPlaying(false);
            setIndex(frame);
          }}
          minValue={0}
          maxValue={Math.max(last, 1)}
          step={1}
        />
        <span className={`quiet small figures ${styles.playerCount}`}>
          {shown + 1} / {frames.length}
        </span>
      </div>
    </div>
  );
}
