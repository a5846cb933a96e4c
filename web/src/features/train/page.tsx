// Train: pictures come in, or a set of them is trained on.
import type { PageProps } from "../../feature";
import { SetPage } from "./set";
import { StartPage } from "./start";

export function TrainPages({ params: { set } }: PageProps) {
  return set === undefined ? <StartPage /> : <SetPage key={set} id={set} />;
}
