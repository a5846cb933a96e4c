// A piece as it is played: its notes, its time grid, and what plays each track.
import type { Format, Note, Phrase } from "./api";

export type Part = { name: string; program: number; drums: boolean };

export type Score = {
  /** By start. */
  notes: readonly Note[];
  /** Its length in time steps. */
  steps: number;
  beats: number;
  beatSteps: number;
  /** Quarter notes per minute. */
  tempo: number;
  parts: readonly Part[];
};

export const secondsPerStep = ({ tempo, beatSteps }: Score) => 60 / tempo / beatSteps;

export const scoreOf = (piece: Phrase, format: Format, tempo: number, programs: readonly number[]): Score => ({
  notes: piece.notes,
  steps: piece.steps,
  beats: format.beats,
  beatSteps: format.beat_steps,
  tempo,
  parts: format.tracks.map((track, index) => ({ ...track, program: programs[index] ?? track.program })),
});

const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/** The name of a MIDI number, such as C4 for 60. */
export const pitchName = (pitch: number) => `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
