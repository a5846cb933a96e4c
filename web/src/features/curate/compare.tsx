// A picture beside one that looks the same, the mirrored one turned back on demand.
import { skipToken, useQuery } from "@tanstack/react-query";
import { Button, IconButton } from "../../ui/controls";
import { BackIcon, CloseIcon, ForwardIcon } from "../../ui/icons";
import { type Queued, readPicture, sized } from "./api";
import styles from "./compare.module.css";
import { FlipIcon } from "./icons";
import { useWords } from "./words";

export function Compare({
  picture,
  address,
  which,
  flipped,
  choose,
  flip,
  close,
}: {
  picture: Queued;
  address: string;
  which: number;
  flipped: boolean;
  choose: (which: number) => void;
  flip: () => void;
  close: () => void;
}) {
  const words = useWords();
  const twins = picture.duplicates;
  const twin = twins[which];
  const { data } = useQuery({
    queryKey: ["pictures", twin?.id],
    queryFn: twin ? ({ signal }) => readPicture(twin.id, signal) : skipToken,
  });
  if (!twin) return null;
  const mine = picture.width * picture.height;
  const other = data ? data.width * data.height : mine;
  return (
    <div className={styles.compare} role="group" aria-label={words.twins}>
      <div className={styles.compareBar}>
        <strong>{words.twins}</strong>
        {twins.length > 1 && (
          <>
            <IconButton name={words.previous} shortcut="←" isDisabled={which === 0} onPress={() => choose(which - 1)}>
              <BackIcon />
            </IconButton>
            <span className="quiet small figures">{words.ofOthers(which + 1, twins.length)}</span>
            <IconButton
              name={words.next}
              shortcut="→"
              isDisabled={which + 1 >= twins.length}
              onPress={() => choose(which + 1)}
            >
              <ForwardIcon />
            </IconButton>
          </>
        )}
        <span className="spring" />
        {twin.mirrored && (
          <Button variant={flipped ? "solid" : "soft"} onPress={flip}>
            <FlipIcon />
            {words.turnBack} <kbd>M</kbd>
          </Button>
        )}
        <IconButton name={words.close} shortcut="D" onPress={close}>
          <CloseIcon />
        </IconButton>
      </div>
      <figure>
        <img src={address} alt={words.this} draggable={false} />
        <figcaption>
          <strong>{words.this}</strong>
          <span className="quiet figures">
            {picture.width} × {picture.height} px{mine > other && ` · ${words.larger}`}
          </span>
        </figcaption>
      </figure>
      <figure>
        <img
          src={sized(twin, 1024)}
          alt={twin.mirrored ? `${words.other}, ${words.mirrored}` : words.other}
          data-flipped={(twin.mirrored && flipped) || undefined}
          draggable={false}
        />
        <figcaption>
          <strong>{words.other}</strong>
          {twin.mirrored && <span className="tag">{words.mirrored}</span>}
          <span className="quiet figures">
            {data && `${data.width} × ${data.height} px · `}
            {words.bits(twin.distance)}
            {other > mine && ` · ${words.larger}`}
          </span>
        </figcaption>
      </figure>
    </div>
  );
}
