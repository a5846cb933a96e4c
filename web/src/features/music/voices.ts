// Sounds notes by WebAudio alone: an oscillator, a filter and an envelope per note, noise for drums.
import type { Part } from "./score";

type Voice = {
  wave: OscillatorType;
  attack: number;
  /** Seconds in which a plucked or struck note fades; null: it sounds as long as it is held. */
  fade: number | null;
  release: number;
  /** Cut-off of the low-pass filter, as a multiple of the note's frequency. */
  bright: number;
  level: number;
  /** Bowed: two strings a little out of tune, and vibrato on long notes. */
  bowed?: true;
};

/** Of the sixteen families of General MIDI, eight programs each. */
const VOICES: readonly Voice[] = [
  { wave: "triangle", attack: 0.004, fade: 1.4, release: 0.12, bright: 6, level: 0.34 }, // pianos
  { wave: "sine", attack: 0.002, fade: 0.9, release: 0.2, bright: 8, level: 0.32 }, // chromatic percussion
  { wave: "square", attack: 0.02, fade: null, release: 0.06, bright: 4, level: 0.12 }, // organs
  { wave: "sawtooth", attack: 0.003, fade: 0.8, release: 0.08, bright: 4, level: 0.2 }, // guitars
  { wave: "triangle", attack: 0.006, fade: 1.2, release: 0.08, bright: 4, level: 0.44 }, // basses
  { wave: "sawtooth", attack: 0.06, fade: null, release: 0.14, bright: 5, level: 0.08, bowed: true }, // strings
  { wave: "sawtooth", attack: 0.09, fade: null, release: 0.22, bright: 3.5, level: 0.08, bowed: true }, // ensembles
  { wave: "sawtooth", attack: 0.035, fade: null, release: 0.08, bright: 6, level: 0.14 }, // brass
  { wave: "square", attack: 0.03, fade: null, release: 0.07, bright: 5, level: 0.11 }, // reeds
  { wave: "triangle", attack: 0.04, fade: null, release: 0.08, bright: 4, level: 0.28 }, // pipes
  { wave: "square", attack: 0.005, fade: null, release: 0.06, bright: 8, level: 0.1 }, // leads
  { wave: "triangle", attack: 0.15, fade: null, release: 0.3, bright: 4, level: 0.24 }, // pads
  { wave: "sine", attack: 0.1, fade: null, release: 0.3, bright: 6, level: 0.26 }, // effects
  { wave: "sawtooth", attack: 0.003, fade: 0.6, release: 0.08, bright: 5, level: 0.18 }, // plucked instruments of many lands
  { wave: "sine", attack: 0.002, fade: 0.4, release: 0.1, bright: 8, level: 0.34 }, // percussion
  { wave: "triangle", attack: 0.05, fade: null, release: 0.2, bright: 6, level: 0.2 }, // sound effects
];

const PLAIN = VOICES[0] as Voice;

/** Sounds one note from `when` on, for so many seconds. */
export function sound(out: AudioNode, part: Part, pitch: number, when: number, seconds: number): void {
  if (part.drums) drum(out, pitch, when);
  else pitched(out, VOICES[part.program >> 3] ?? PLAIN, 440 * 2 ** ((pitch - 69) / 12), when, seconds);
}

function pitched(out: AudioNode, voice: Voice, frequency: number, when: number, seconds: number): void {
  const { context } = out;
  const cutoff = Math.min(Math.max(frequency * voice.bright, 600), 12_000);
  const filter = new BiquadFilterNode(context, { type: "lowpass", frequency: cutoff, Q: 0.4 });
  const envelope = new GainNode(context, { gain: 0 });
  const end = when + Math.max(seconds, voice.attack);
  envelope.gain.setValueAtTime(0, when);
  envelope.gain.linearRampToValueAtTime(voice.level, when + voice.attack);
  if (voice.fade) envelope.gain.setTargetAtTime(0, when + voice.attack, voice.fade / 3);
  envelope.gain.setTargetAtTime(0, end, voice.release / 3);
  filter.connect(envelope).connect(out);
  const until = end + 2 * voice.release;
  const strings = (voice.bowed ? [-DETUNED, DETUNED] : [0]).map((detune) => {
    const oscillator = new OscillatorNode(context, { type: voice.wave, frequency, detune });
    oscillator.connect(filter);
    oscillator.start(when);
    oscillator.stop(until);
    return oscillator;
  });
  if (voice.bowed && seconds > VIBRATO.after) vibrate(context, strings, when, until);
}

const DETUNED = 5; // cents
const VIBRATO = { hertz: 5.4, cents: 9, after: 0.25 }; // seconds

/** Vibrato that sets in after a moment, as a player's does. */
function vibrate(context: BaseAudioContext, strings: readonly OscillatorNode[], when: number, until: number): void {
  const wave = new OscillatorNode(context, { frequency: VIBRATO.hertz });
  const depth = new GainNode(context, { gain: 0 });
  depth.gain.setValueAtTime(0, when + VIBRATO.after);
  depth.gain.linearRampToValueAtTime(VIBRATO.cents, when + 2 * VIBRATO.after);
  wave.connect(depth);
  for (const string of strings) depth.connect(string.detune);
  wave.start(when);
  wave.stop(until);
}

const noises = new WeakMap<BaseAudioContext, AudioBuffer>();

function noise(context: BaseAudioContext): AudioBuffer {
  const known = noises.get(context);
  if (known) return known;
  const made = context.createBuffer(1, context.sampleRate / 2, context.sampleRate);
  const samples = made.getChannelData(0);
  for (let index = 0; index < samples.length; index++) samples[index] = Math.random() * 2 - 1;
  noises.set(context, made);
  return made;
}

const KICKS = new Set([35, 36]);
const TOMS = new Set([41, 43, 45, 47, 48, 50]);
const SNARES = new Set([37, 38, 39, 40]);

function drum(out: AudioNode, pitch: number, when: number): void {
  const { context } = out;
  const envelope = new GainNode(context, { gain: 0 });
  envelope.connect(out);
  if (KICKS.has(pitch) || TOMS.has(pitch)) {
    const frequency = KICKS.has(pitch) ? 55 : 60 + 8 * (pitch - 40);
    const oscillator = new OscillatorNode(context, { type: "sine", frequency });
    oscillator.frequency.setValueAtTime(frequency * 2.4, when);
    oscillator.frequency.exponentialRampToValueAtTime(frequency, when + 0.07);
    struck(envelope, when, 0.7, 0.09);
    oscillator.connect(envelope);
    oscillator.start(when);
    oscillator.stop(when + 0.5);
    return;
  }
  const snare = SNARES.has(pitch);
  const source = new AudioBufferSourceNode(context, { buffer: noise(context) });
  const type = snare ? "bandpass" : "highpass";
  const filter = new BiquadFilterNode(context, { type, frequency: snare ? 1800 : 7000, Q: 0.6 });
  struck(envelope, when, snare ? 0.4 : 0.16, snare ? 0.06 : 0.03);
  source.connect(filter).connect(envelope);
  source.start(when);
  source.stop(when + 0.4);
}

function struck(envelope: GainNode, when: number, level: number, fade: number): void {
  envelope.gain.setValueAtTime(level, when);
  envelope.gain.setTargetAtTime(0, when, fade);
}
