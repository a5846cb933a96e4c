// Plays a score by the clock of an audio context. Notes are scheduled a moment ahead; the tracks have a volume each.
import { type Score, secondsPerStep } from "./score";
import { sound } from "./voices";

const AHEAD = 0.3; // seconds that are scheduled
const EVERY = 60; // milliseconds between two looks

/** The volumes of the tracks, led to a common output with a limiter. */
export function trackOutputs(
  context: BaseAudioContext,
  heard: readonly boolean[],
): { all: GainNode; each: GainNode[] } {
  const all = new GainNode(context, { gain: 0.9 });
  const limiter = new DynamicsCompressorNode(context, { threshold: -12, ratio: 12, attack: 0.003, release: 0.15 });
  all.connect(limiter).connect(context.destination);
  const each = heard.map((loud) => {
    const volume = new GainNode(context, { gain: loud ? 1 : 0 });
    volume.connect(all);
    return volume;
  });
  return { all, each };
}

type Passage = { score: Score; loop: boolean; begun: number; from: number; next: number; round: number };

export class Player {
  /** Called when a piece that is not repeated has ended. */
  onEnd = () => {};
  private context: AudioContext | undefined;
  private outputs: ReturnType<typeof trackOutputs> | undefined;
  private passage: Passage | undefined;
  private timer = 0;
  private rest = 0; // the step at which it goes on

  /** The time step that is heard now. */
  get position(): number {
    const { context, passage } = this;
    if (!context || !passage) return this.rest;
    const gone = Math.max(0, context.currentTime - passage.begun) / secondsPerStep(passage.score);
    const at = passage.from + gone;
    return passage.loop ? at % passage.score.steps : Math.min(at, passage.score.steps);
  }

  /** Plays from the current position; what was playing is replaced. */
  play(score: Score, loop: boolean, heard: readonly boolean[]): void {
    this.stop();
    this.context ??= new AudioContext();
    void this.context.resume();
    this.outputs = trackOutputs(this.context, heard);
    const from = this.rest < score.steps ? this.rest : 0;
    const next = score.notes.findIndex((note) => note.start >= Math.floor(from));
    const first = next < 0 ? score.notes.length : next;
    this.passage = { score, loop, begun: this.context.currentTime + 0.05, from, next: first, round: 0 };
    this.timer = window.setInterval(() => this.schedule(), EVERY);
    this.schedule();
  }

  stop(): void {
    this.rest = this.position;
    window.clearInterval(this.timer);
    this.passage = undefined;
    const { context, outputs } = this;
    if (context && outputs) {
      outputs.all.gain.setTargetAtTime(0, context.currentTime, 0.01);
      window.setTimeout(() => outputs.all.disconnect(), 100);
    }
    this.outputs = undefined;
  }

  seek(step: number): void {
    this.rest = step;
    const { passage, outputs } = this;
    if (!passage || !outputs) return;
    const heard = outputs.each.map((volume) => volume.gain.value > 0.5);
    this.stop();
    this.rest = step;
    this.play(passage.score, passage.loop, heard);
  }

  /** Which tracks are heard, from now on. */
  hear(heard: readonly boolean[]): void {
    const { context, outputs } = this;
    if (!context || !outputs) return;
    outputs.each.forEach((volume, index) => {
      volume.gain.setTargetAtTime(heard[index] ? 1 : 0, context.currentTime, 0.015);
    });
  }

  close(): void {
    this.stop();
    void this.context?.close();
    this.context = undefined;
  }

  private schedule(): void {
    const { context, passage, outputs } = this;
    if (!context || !passage || !outputs) return;
    const { score, loop, begun, from } = passage;
    const step = secondsPerStep(score);
    const timeOf = (at: number) => begun + (at + passage.round * score.steps - from) * step;
    const until = context.currentTime + AHEAD;
    while (timeOf(score.steps) < until || passage.next < score.notes.length) {
      const note = score.notes[passage.next];
      if (!note) {
        if (!loop) break;
        passage.next = 0;
        passage.round += 1;
        continue;
      }
      const when = Math.max(timeOf(note.start), context.currentTime);
      if (when >= until) break;
      const [part, volume] = [score.parts[note.track], outputs.each[note.track]];
      if (part && volume) sound(volume, part, note.pitch, when, note.length * step);
      passage.next += 1;
    }
    if (!loop && this.position >= score.steps) {
      this.stop();
      this.rest = 0;
      this.onEnd();
    }
  }
}
