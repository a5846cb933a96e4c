// The model of this page, as `model.json` beside it says. `ganvas export --page` writes it.
import type { BundleCard } from "../api/types";
import type { Format } from "../features/music/api";

/** A graph, its inputs and its output by shape, and its sample: bytes of the inputs, then of the output. */
export type Graph = {
  name: string;
  file: string;
  bytes: number;
  inputs: Readonly<Record<string, readonly number[]>>;
  output: readonly number[];
  sample: string;
};

type FromCard =
  | "id"
  | "name"
  | "family"
  | "page"
  | "summary"
  | "capabilities"
  | "accepts"
  | "drawing_direction"
  | "resolution"
  | "channels"
  | "crop"
  | "source_channels"
  | "classes"
  | "domains"
  | "z_dim"
  | "truncates"
  | "kimg"
  | "created";

export type Credit = { name: string; licence: string | null; source: string | null; count: number | null };

export type Model = Pick<BundleCard, FromCard> & {
  format: number;
  source_resolution: number;
  background: string;
  music: Format | null;
  graphs: readonly Graph[];
  credits: readonly Credit[];
  /** Paths of example drawings or pictures. */
  examples: readonly string[];
  weights: string;
  /** Mean difference of answers, which the format of the weights makes. */
  difference: number;
  /** Whether the runtime for WebGPU lies beside the page. */
  webgpu: boolean;
};

export const FORMAT = 1;

/** @throws when `model.json` cannot be had or is of another version of the page. */
export async function loadModel(): Promise<Model> {
  const answer = await fetch("model.json", { cache: "no-cache" });
  if (!answer.ok) throw new Error(`model.json: ${answer.status}`);
  const model = (await answer.json()) as Model;
  if (model.format !== FORMAT) throw new Error(`model.json: format ${model.format}`);
  return model;
}
