// Piano rolls, float [tracks, time, pitches] in [-1, 1], as notes.
import type { Note } from "../features/music/api";

/** The notes of phrases that follow each other, by start, then track, then pitch. */
export function notesOf(
  phrases: readonly Float32Array[],
  { tracks, steps, pitches, lowest }: { tracks: number; steps: number; pitches: number; lowest: number },
  threshold: number,
): Note[] {
  const least = 2 * threshold - 1;
  const sounds = (track: number, time: number, pitch: number) =>
    (phrases[Math.floor(time / steps)]?.[(track * steps + (time % steps)) * pitches + pitch] ?? -1) > least;
  const notes: Note[] = [];
  const end = phrases.length * steps;
  for (let track = 0; track < tracks; track++) {
    for (let pitch = 0; pitch < pitches; pitch++) {
      let start = -1;
      for (let time = 0; time <= end; time++) {
        const on = time < end && sounds(track, time, pitch);
        if (on && start < 0) start = time;
        if (on || start < 0) continue;
        notes.push({ track, pitch: pitch + lowest, start, length: time - start });
        start = -1;
      }
    }
  }
  return notes.sort((a, b) => a.start - b.start || a.track - b.track || a.pitch - b.pitch);
}
