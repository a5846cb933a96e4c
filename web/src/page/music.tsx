// Music from seeds: the studio's composer, with the model in this browser.
import { Composer } from "../features/music/composer";
import type { Wish } from "../features/music/settings";
import { figure } from "../i18n/numbers";
import type { ToolProps } from "./app";
import { between, latent } from "./latents";
import { notesOf } from "./notes";
import { originOf } from "./picture";
import { useWords } from "./words";

export function MusicTool({ model, engine }: ToolProps) {
  const words = useWords();
  const format = model.music;
  if (!format) return null;
  const steps = format.bars * format.beats * format.beat_steps;
  const compose = async ({ seed, last, phrases, threshold }: Wish, signal: AbortSignal) => {
    const began = performance.now();
    const [from, to] = [latent(seed, model.z_dim), latent(last ?? seed, model.z_dim)];
    const rolls: Float32Array[] = [];
    for (let phrase = 0; phrase < phrases; phrase++) {
      const z = between(from, to, phrases > 1 ? phrase / (phrases - 1) : 0);
      rolls.push((await engine.run("model", { z }, signal)).output);
    }
    const { tracks, pitches, lowest } = format;
    const notes = notesOf(rolls, { tracks: tracks.length, steps, pitches, lowest }, threshold);
    return { notes, steps: steps * phrases, milliseconds: performance.now() - began };
  };
  return (
    <Composer
      id={model.id}
      format={format}
      compose={compose}
      took={(milliseconds) => words.computed(figure(milliseconds))}
      origin={originOf(model)}
    />
  );
}
