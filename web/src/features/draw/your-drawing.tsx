// The paper with the user's drawing, and the files that can be saved of it.
import type { RefObject } from "react";
import { can } from "../../api/bundles";
import type { BundleCard } from "../../api/types";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { DownloadIcon } from "../../ui/icons";
import { Anchors, back } from "./anchors";
import type { Parts, Placement } from "./api";
import { toFile } from "./file";
import { type Drawing, isBlank, type Mark } from "./marks";
import { Pad, SIDE, type Tool } from "./pad";
import { toBlob } from "./photo";
import portraitStyles from "./portrait.module.css";
import { CopyLink, LinkSaid, type Sharing } from "./share";
import styles from "./studio.module.css";
import { useWords } from "./words";

const HOLE = "#808080"; // the grey that stands for "missing" in the models' own training

type Props = {
  bundle: Pick<BundleCard, "id" | "capabilities" | "drawing_direction">;
  layer: RefObject<HTMLCanvasElement | null>;
  /** The picture under the drawing; for sketches there is none. */
  paper: HTMLCanvasElement | null;
  drawing: Drawing;
  tool: Tool;
  /** Width of the pen as a share of the paper. */
  width: number;
  mirrored: boolean;
  /** Address of the nearest real sketches, shown faintly under the drawing. */
  shadow: string | null | undefined;
  /** How the drawing was moved before the result was painted. */
  placement: Placement | undefined;
  /** Where the model expects the parts of a face, shown on an empty paper. */
  anchors: Parts["anchors"] | undefined;
  /** Address of the result where it is shown on the paper, in a strength from 0 to 100. */
  onPaper: string | undefined;
  strength: number;
  over: boolean;
  sharing: Sharing | undefined;
  /** The drawing and its paper as one picture with sides of so many pixels. */
  flat: (side: number) => HTMLCanvasElement;
  changing: () => void;
  finished: (stroke: Mark) => void;
};

export function YourDrawing(props: Props) {
  const { bundle, paper, drawing, sharing, flat } = props;
  const words = useWords();
  return (
    <figure className={`${portraitStyles.drawSide} ${portraitStyles.drawYours}`} data-testid="drawing">
      {!props.over && <figcaption>{words.yours}</figcaption>}
      <Pad
        layer={props.layer}
        paper={paper}
        drawing={drawing}
        tool={props.tool}
        width={props.width}
        mirrored={props.mirrored}
        colour={can(bundle, "inpaints") ? HOLE : "#000"}
        name={words.paper}
        under={
          <>
            {props.shadow && (
              <img src={props.shadow} alt={words.shadow} className={styles.paperShadow} data-testid="shadow" />
            )}
            {props.onPaper && (
              <img
                src={props.onPaper}
                alt={words.result}
                style={{ opacity: props.strength / 100, transform: props.placement && back(props.placement) }}
              />
            )}
            {props.anchors && <Anchors anchors={props.anchors} />}
          </>
        }
        changing={props.changing}
        finished={props.finished}
      />
      <div className={portraitStyles.drawFoot}>
        <Button
          variant="bare"
          isDisabled={isBlank(drawing) && !paper}
          onPress={async () => download(await toBlob(flat(SIDE)), `${bundle.id}-drawing.png`)}
        >
          <DownloadIcon />
          {words.saveDrawing}
        </Button>
        {bundle.drawing_direction && (
          <Button
            variant="bare"
            isDisabled={isBlank(drawing)}
            onPress={() => download(new Blob([toFile(drawing.marks)], { type: "application/json" }), "drawing.json")}
          >
            {words.saveLater}
          </Button>
        )}
        {sharing && <CopyLink sharing={sharing} blank={isBlank(drawing)} />}
      </div>
      {sharing && <LinkSaid sharing={sharing} />}
    </figure>
  );
}
