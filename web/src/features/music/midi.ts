// Writes Standard MIDI files of type 1.
import type { Score } from "./score";

const QUARTER = 480; // ticks
const VELOCITY = 90;
const DRUMS = 9; // channel, from 0
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15];

const bigEndian = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => (value >> (8 * (bytes - 1 - index))) & 255);

function variableLength(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}

const meta = (kind: number, content: readonly number[]) => [
  0,
  255,
  kind,
  ...variableLength(content.length),
  ...content,
];

const chunk = (name: string, content: readonly number[]) => [
  ...new TextEncoder().encode(name),
  ...bigEndian(content.length, 4),
  ...content,
];

const END = meta(47, []);

function partTrack(score: Score, index: number, channel: number): number[] {
  const { name, program, drums } = score.parts[index] as Score["parts"][number];
  const tick = QUARTER / score.beatSteps;
  const events = score.notes
    .filter((note) => note.track === index)
    .flatMap(({ pitch, start, length }) => [
      { at: start * tick, on: 1, bytes: [144 | channel, pitch, VELOCITY] },
      { at: (start + length) * tick, on: 0, bytes: [128 | channel, pitch, 0] },
    ])
    .sort((a, b) => a.at - b.at || a.on - b.on); // a note ends before the next one of its pitch begins
  const content = meta(3, [...new TextEncoder().encode(name)]);
  if (!drums) content.push(0, 192 | channel, program);
  let before = 0;
  for (const { at, bytes } of events) {
    content.push(...variableLength(at - before), ...bytes);
    before = at;
  }
  return chunk("MTrk", [...content, ...END]);
}

/** @param origin what the file says of its origin. */
export function midiFile(score: Score, origin?: string): Uint8Array<ArrayBuffer> {
  const said = origin === undefined ? [] : meta(1, [...new TextEncoder().encode(origin)]);
  const tempo = meta(81, bigEndian(Math.round(60_000_000 / score.tempo), 3));
  const signature = meta(88, [score.beats, 2, 24, 8]);
  const tracks = [chunk("MTrk", [...said, ...tempo, ...signature, ...END])];
  const free = [...CHANNELS];
  score.parts.forEach(({ drums }, index) => {
    tracks.push(partTrack(score, index, drums ? DRUMS : (free.shift() ?? 0)));
  });
  const header = chunk("MThd", [...bigEndian(1, 2), ...bigEndian(tracks.length, 2), ...bigEndian(QUARTER, 2)]);
  return new Uint8Array([header, ...tracks].flat());
}
