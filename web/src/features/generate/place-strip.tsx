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
import { MAX_SEED, nameOf, type Place, photosOf, pictureOf, textOf } from "./place";
import { useWords } from "./words";

/** Places as small pictures in a row; each has a menu to move and remove it, and the last tile adds one. */
export function PlaceStrip({
  label,
  bundle,
  view,
  places,
  onChange,
  most,
}: {
  label: string;
  bundle: BundleCard;
  view: View;
  places: Place[];
  onChange: (places: Place[]) => void;
  most: number;
}) {
  const words = useWords();
  const swap = (index: number, other: number) => {
    const next = [...places];
    const [one, two] = [next[index], next[other]];
    if (!one || !two) return;
    next[index] = two;
    next[other] = one;
    onChange(next);
  };
  const act = (index: number, action: React.Key) => {
    if (action === "before") swap(index, index - 1);
    else if (action === "after") swap(index, index + 1);
    else onChange(places.filter((_, other) => other !== index));
  };
  return (
    <div className="strip-field">
      <p className="strip-label">
        {label} <span className="quiet figures">{places.length}</span>
      </p>
      <ul className="strip" aria-label={label}>
        {places.map((place, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the position in the list identifies the item
          <li key={`${textOf(place)} ${index}`}>
            <MenuTrigger>
              <AriaButton className="tile" aria-label={nameOf(place, bundle, words)}>
                <img src={pictureOf(place, bundle.id, view.psi)} alt="" draggable={false} />
              </AriaButton>
              <Popover className="popover" offset={4}>
                <Menu className="list" onAction={(action) => act(index, action)} aria-label={words.explore.change}>
                  {index > 0 && (
                    <MenuItem id="before" className="list-item">
                      {words.explore.earlier}
                    </MenuItem>
                  )}
                  {index < places.length - 1 && (
                    <MenuItem id="after" className="list-item">
                      {words.explore.later}
                    </MenuItem>
                  )}
                  <MenuItem id="remove" className="list-item">
                    {words.explore.remove}
                  </MenuItem>
                </Menu>
              </Popover>
            </MenuTrigger>
          </li>
        ))}
        {places.length < most && (
          <li>
            <AddPlace label={label} bundle={bundle} view={view} add={(place) => onChange([...places, place])} />
          </li>
        )}
      </ul>
    </div>
  );
}

function AddPlace({
  label,
  bundle,
  view,
  add,
}: {
  label: string;
  bundle: BundleCard;
  view: View;
  add: (place: Place) => void;
}) {
  const words = useWords();
  const [seed, setSeed] = useState(() => Math.floor(Math.random() * 1_000_000));
  const [kind, setKind] = useState<number | null>(view.class);
  const offered = [...photosOf(bundle.id), ...view.picked];
  return (
    <DialogTrigger>
      <AriaButton className="tile tile-add" aria-label={words.explore.addTo(label)}>
        <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 4.500v11 M4.500 10h11" />
        </svg>
      </AriaButton>
      <Popover className="popover" offset={6}>
        <Dialog className="dialog add">
          {({ close }) => {
            const take = (place: Place) => {
              add(place);
              close();
            };
            return (
              <>
                <Heading slot="title" className="sr-only">
                  {words.explore.addTo(label)}
                </Heading>
                {offered.length > 0 && (
                  <>
                    <p className="strip-label">{words.explore.offered}</p>
                    <div className="strip">
                      {offered.map((place) => (
                        <AriaButton
                          key={textOf(place)}
                          className="tile"
                          aria-label={nameOf(place, bundle, words)}
                          onPress={() => take(place)}
                        >
                          <img src={pictureOf(place, bundle.id, view.psi)} alt="" draggable={false} />
                        </AriaButton>
                      ))}
                    </div>
                  </>
                )}
                <div className="add-seed">
                  <SeedField label={words.explore.seed} value={seed} onChange={setSeed} max={MAX_SEED} />
                  <img
                    className="add-look"
                    src={pictureOf({ seed, class: kind }, bundle.id, view.psi)}
                    alt={words.generate.sample(seed)}
                  />
                </div>
                <ClassChoice bundle={bundle} value={kind} onChange={setKind} noneText={words.explore.seedsOwn} />
                <Button variant="solid" onPress={() => take({ seed, class: kind })}>
                  {words.explore.add}
                </Button>
              </>
            );
          }}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
