// An output as a picture to look at and to save.
import { toBlob } from "../features/draw/photo";
import { marked } from "./mark";
import type { Model } from "./model";
import { canvasOf } from "./pixels";

/** Who made it, for the metadata of saved files. */
export const originOf = (model: Model) => `Made by a model: ${model.name} (Ganvas)`;

/** A PNG of the output, with the note that a model made it. */
export const pictureOf = async (model: Model, output: Float32Array, graph: string): Promise<Blob> => {
  const shape = model.graphs.find(({ name }) => name === graph)?.output ?? [];
  return marked(await toBlob(canvasOf(output, shape)), originOf(model));
};
