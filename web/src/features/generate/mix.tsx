import type { BundleCard } from "../../api/types";
import { useNewest } from "../../api/use-newest";
import { figure } from "../../i18n/numbers";
import { Button } from "../../ui/controls";
import { download } from "../../ui/download";
import { DownloadIcon } from "../../ui/icons";
import type { Change, View } from "./address";
import { type Abilities, type Mixed, mix } from "./api";
import { CopyLink, Layers, Truncation } from "./fields";
import fieldsStyles from "./fields.module.css";
import { nameOf, requestPoint } from "./latent-point";
import { Stage, ToolLayout } from "./layout";
import styles from "./mix.module.css";
import { PointStrip } from "./point-strip";
import { sheetPicture } from "./sheet-picture";
import { useWords } from "./words";

const MOST = 8;

/** Three parts of the layers, the coarse ones first; two where there are only few. */
function partsOf(count: number): [number, number][] {
  const parts = count >= 6 ? 3 : 2;
  const edge = (part: number) => Math.round((part * count) / parts);
  return Array.from({ length: parts }, (_, part) => [edge(part), edge(part + 1) - 1]);
}

/** The pictures of the rows with some layers of those of the columns. */
export function Mix({
  bundle,
  abilities,
  view,
  change,
}: {
  bundle: BundleCard;
  abilities: Abilities;
  view: View;
  change: Change;
}) {
  const words = useWords();
  const count = abilities.layers;
  const [first, last] = view.layers ?? [0, Math.max(Math.floor(count / 2) - 1, 0)];
  const layers: [number, number] = [Math.min(first, count - 1), Math.min(last, count - 1)];
  const request = {
    rows: view.rows.map((point) => requestPoint(point, bundle.id)),
    columns: view.columns.map((point) => requestPoint(point, bundle.id)),
    first_layer: layers[0],
    last_layer: layers[1],
    psi: view.psi,
  };
  const possible = request.rows.length > 0 && request.columns.length > 0;
  const newest = useNewest(possible ? JSON.stringify(request) : null, (signal) => mix(bundle.id, request, signal), 200);
  const parts = partsOf(count);
  const names = parts.length === 3 ? [words.coarse, words.middle, words.fine] : [words.coarse, words.fine];
  return (
    <ToolLayout
      settings={
        <>
          <PointStrip
            label={words.rows}
            bundle={bundle}
            view={view}
            points={view.rows}
            onChange={(rows) => change({ rows })}
            most={MOST}
          />
          <PointStrip
            label={words.columns}
            bundle={bundle}
            view={view}
            points={view.columns}
            onChange={(columns) => change({ columns })}
            most={MOST}
          />
          <div>
            <Layers
              label={words.layersFromColumns}
              value={layers}
              count={count}
              onChange={(range) => change({ layers: range })}
            />
            <div className={fieldsStyles.presets}>
              {parts.map((part, index) => (
                <Button key={names[index]} onPress={() => change({ layers: part })}>
                  {names[index]}
                </Button>
              ))}
            </div>
            <p className="quiet small">{words.layersHelp}</p>
          </div>
          <Truncation bundle={bundle} view={view} change={change} />
          <div className="panel-actions">
            <Button
              variant="solid"
              isDisabled={!newest.answer}
              onPress={async () =>
                newest.answer && download(await sheetOf(newest.answer), `${bundle.id}-mix-${layers.join("-")}.png`)
              }
            >
              <DownloadIcon />
              {words.saveSheet}
            </Button>
            <CopyLink />
          </div>
        </>
      }
    >
      {!possible ? (
        <p className="quiet stage-empty">{words.mixNeeds}</p>
      ) : (
        <Stage label={words.mixStage} newest={newest}>
          {(answer) => (
            <>
              <MixTable bundle={bundle} view={view} answer={answer} />
              <p className="quiet small stage-foot">
                <span>{words.mixReads}</span>
                <span className="figures">{words.took(figure(answer.milliseconds))}</span>
              </p>
            </>
          )}
        </Stage>
      )}
    </ToolLayout>
  );
}

function MixTable({ bundle, view, answer }: { bundle: BundleCard; view: View; answer: Mixed }) {
  const words = useWords();
  const name = (points: View["rows"], index: number) => {
    const point = points[index];
    return point ? nameOf(point, bundle, words) : "";
  };
  return (
    <table className={styles.mix} style={{ "--columns": answer.columns.length } as React.CSSProperties}>
      <caption className="sr-only">{words.mixReads}</caption>
      <thead>
        <tr>
          <td />
          {answer.columns.map((picture, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
            <th key={`${index} ${name(view.columns, index)}`} scope="col">
              <img src={picture} alt={name(view.columns, index)} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.cells.map((cells, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
          <tr key={`${row} ${name(view.rows, row)}`}>
            <th scope="row">
              <img src={answer.rows[row]} alt={name(view.rows, row)} />
            </th>
            {cells.map((picture, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
              <td key={`${column} ${name(view.columns, column)}`}>
                <img src={picture} alt={words.mix(name(view.rows, row), name(view.columns, column))} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sheetOf = (answer: Mixed) =>
  sheetPicture([["", ...answer.columns], ...answer.cells.map((cells, row) => [answer.rows[row] ?? "", ...cells])]);
