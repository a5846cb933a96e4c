// Renders a score as a WAV file, 16 bits, with the voices of the page.
import { trackOutputs } from "./player";
import { type Score, secondsPerStep } from "./score";
import { sound } from "./voices";

const RATE = 44_100;
const TAIL = 1; // seconds after the last note

export async function wavFile(score: Score, heard: readonly boolean[]): Promise<Blob> {
  const step = secondsPerStep(score);
  const context = new OfflineAudioContext(1, Math.ceil((score.steps * step + TAIL) * RATE), RATE);
  const { each } = trackOutputs(context, heard);
  for (const { track, pitch, start, length } of score.notes) {
    const [part, volume] = [score.parts[track], each[track]];
    if (part && volume) sound(volume, part, pitch, start * step, length * step);
  }
  return encoded((await context.startRendering()).getChannelData(0));
}

function encoded(samples: Float32Array): Blob {
  const bytes = samples.length * 2;
  const view = new DataView(new ArrayBuffer(44 + bytes));
  const text = (at: number, letters: string) => {
    for (let index = 0; index < letters.length; index++) view.setUint8(at + index, letters.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  samples.forEach((sample, index) => {
    view.setInt16(44 + 2 * index, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  });
  return new Blob([view.buffer], { type: "audio/wav" });
}
