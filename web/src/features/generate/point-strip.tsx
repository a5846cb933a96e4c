import { useState } from "react";
import {
  Button as AriaButton,
  Dialog,
  DialogTrigger,
  Heading,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
} from "react-aria-components";
import type { BundleCard } from "../../api/types";
import { ClassChoice } from "../../ui/class-choice";
import { Button } from "../../ui/controls";
import type { View } from "./address";
import { SeedField } from "./fields";
import { type LatentPoint, MAX_SEED, nameOf, photosOf, pictureOf, textOf } from "./latent-point";
import styles from "./point-strip.module.css";
import { useWords } from "./words";

/** Places as small pictures in a row; each has a menu to move and remove it, and the last tile adds one. */
export function PointStrip({
  label,
  bundle,
  view,
  points,
  onChange,
  most,
}: {
  label: string;
  bundle: BundleCard;
  view: View;
  points: LatentPoint[];
  onChange: (points: LatentPoint[]) => void;
  most: number;
}) {
  const words = useWords();
  const swap = (index: number, other: number) => {
    const next = [...points];
    const [one, two] = [next[index], next[other]];
    if (!one || !two) return;
    next[index] = two;
    next[other] = one;
    onChange(next);
  };
  const act = (index: number, action: React.Key) => {
    if (action === "before") swap(index, index - 1);
    else if (action === "after") swap(index, index + 1);
    else onChange(points.filter((_, other) => other !== index));
  };
  return (
    <div className="strip-field">
      <p className={styles.stripLabel}>
        {label} <span className="quiet figures">{points.length}</span>
      </p>
      <ul className={styles.strip} aria-label={label}>
        {points.map((point, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
          <li key={`${textOf(point)} ${index}`}>
            <MenuTrigger>
              <AriaButton className={styles.tile} aria-label={nameOf(point, bundle, words)}>
                <img src={pictureOf(point, bundle.id, view.psi)} alt="" draggable={false} />
              </AriaButton>
              <Popover className="popover" offset={4}>
                <Menu className="list" onAction={(action) => act(index, action)} aria-label={words.change}>
                  {index > 0 && (
                    <MenuItem id="before" className="list-item">
                      {words.earlier}
                    </MenuItem>
                  )}
                  {index < points.length - 1 && (
                    <MenuItem id="after" className="list-item">
                      {words.later}
                    </MenuItem>
                  )}
                  <MenuItem id="remove" className="list-item">
                    {words.remove}
                  </MenuItem>
                </Menu>
              </Popover>
            </MenuTrigger>
          </li>
        ))}
        {points.length < most && (
          <li>
            <AddPoint label={label} bundle={bundle} view={view} add={(point) => onChange([...points, point])} />
          </li>
        )}
      </ul>
    </div>
  );
}

function AddPoint({
  label,
  bundle,
  view,
  add,
}: {
  label: string;
  bundle: BundleCard;
  view: View;
  add: (point: LatentPoint) => void;
}) {
  const words = useWords();
  const [seed, setSeed] = useState(() => Math.floor(Math.random() * 1_000_000));
  const [kind, setKind] = useState<number | null>(view.class);
  const offered = [...photosOf(bundle.id), ...view.picked];
  return (
    <DialogTrigger>
      <AriaButton className={`${styles.tile} ${styles.tileAdd}`} aria-label={words.addTo(label)}>
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 4.500v11 M4.500 10h11" />
        </svg>
      </AriaButton>
      <Popover className="popover" offset={6}>
        <Dialog className={`dialog ${styles.add}`}>
          {({ close }) => {
            const take = (point: LatentPoint) => {
              add(point);
              close();
            };
            return (
              <>
                <Heading slot="title" className="sr-only">
                  {words.addTo(label)}
                </Heading>
                {offered.length > 0 && (
                  <>
                    <p className={styles.stripLabel}>{words.offered}</p>
                    <div className={styles.strip}>
                      {offered.map((point) => (
                        <AriaButton
                          key={textOf(point)}
                          className={styles.tile}
                          aria-label={nameOf(point, bundle, words)}
                          onPress={() => take(point)}
                        >
                          <img src={pictureOf(point, bundle.id, view.psi)} alt="" draggable={false} />
                        </AriaButton>
                      ))}
                    </div>
                  </>
                )}
                <div className={styles.addSeed}>
                  <SeedField label={words.seed} value={seed} onChange={setSeed} max={MAX_SEED} stacked />
                  <img
                    className={styles.addLook}
                    src={pictureOf({ seed, class: kind }, bundle.id, view.psi)}
                    alt={words.sample(seed)}
                  />
                </div>
                <ClassChoice bundle={bundle} value={kind} onChange={setKind} noneText={words.seedsOwn} />
                <Button variant="solid" onPress={() => take({ seed, class: kind })}>
                  {words.add}
                </Button>
              </>
            );
          }}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
