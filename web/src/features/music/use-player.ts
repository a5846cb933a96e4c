import { useEffect, useMemo, useRef, useState } from "react";
import { Player } from "./player";
import type { Score } from "./score";

export type Playing = {
  player: Player;
  playing: boolean;
  setPlaying: (playing: boolean) => void;
};

/** Plays a score; one that changes goes on where the former was. `ended` is called when one was played to its end. */
export function usePlayer(
  score: Score | undefined,
  heard: readonly boolean[],
  loop: boolean,
  ended?: () => void,
): Playing {
  const player = useMemo(() => new Player(), []);
  const [playing, setPlaying] = useState(false);
  const latest = useRef(heard);
  latest.current = heard;
  const latestEnded = useRef(ended);
  latestEnded.current = ended;
  useEffect(() => {
    player.onEnd = () => {
      setPlaying(false);
      latestEnded.current?.();
    };
    return () => player.close();
  }, [player]);
  useEffect(() => {
    if (!playing || !score) return;
    player.play(score, loop, latest.current);
    return () => player.stop();
  }, [player, playing, score, loop]);
  useEffect(() => player.hear(heard), [player, heard]);
  return { player, playing, setPlaying };
}

/** The time step that is heard, anew with every frame while it plays. */
export function usePosition({ player, playing }: Playing): [position: number, seek: (step: number) => void] {
  const [position, setPosition] = useState(0);
  useEffect(() => {
    let request = 0;
    const look = () => {
      setPosition(player.position);
      if (playing) request = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(request);
  }, [player, playing]);
  const seek = (step: number) => {
    player.seek(step);
    setPosition(step);
  };
  return [position, seek];
}
