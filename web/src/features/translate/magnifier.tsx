// A magnifier over an enlarged picture: the same place by bicubic interpolation and by the model.
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from "react";
import { Choice } from "../../ui/controls";
import besideStyles from "./beside.module.css";
import styles from "./magnifier.module.css";
import type { Shown } from "./shown";
import { useWords } from "./words";

const PANEL = 240; // pixels of a magnified view's side
const ZOOMS = [2, 4, 8];

/** `before` and `after` are of one size; `scale` is how many times larger than the source they are. */
export function Magnifier({ before, after, scale }: { before: Shown; after: Shown; scale: number }) {
  const words = useWords();
  const [zoom, setZoom] = useState(4);
  const [centre, setCentre] = useState({ x: 0.5, y: 0.5 });
  const told = useId();
  const { width, height } = after;
  const [wide, tall] = [Math.min(PANEL / zoom, width), Math.min(PANEL / zoom, height)];
  const left = Math.round(Math.min(Math.max(centre.x * width - wide / 2, 0), width - wide));
  const top = Math.round(Math.min(Math.max(centre.y * height - tall / 2, 0), height - tall));

  const place = (x: number, y: number) =>
    setCentre({
      x: Math.min(Math.max(x, wide / 2 / width), 1 - wide / 2 / width),
      y: Math.min(Math.max(y, tall / 2 / height), 1 - tall / 2 / height),
    });
  const follow = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType !== "mouse" && event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    place((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const step = (event: KeyboardEvent) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const [across = 0, down = 0] = way;
    place(centre.x + (across * wide) / 8 / width, centre.y + (down * tall) / 8 / height);
  };

  const seen = { left, top, wide, tall };
  const frame: CSSProperties = {
    left: `${(left / width) * 100}%`,
    top: `${(top / height) * 100}%`,
    width: `${(wide / width) * 100}%`,
    height: `${(tall / height) * 100}%`,
  };
  const source = words.size(Math.round(wide / scale), Math.round(tall / scale));
  return (
    <div className={styles.lens} style={{ "--ratio": width / height } as CSSProperties}>
      <div
        className={`${besideStyles.frame} ${besideStyles.lensPicture}`}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls or follows the arrow keys has to take the focus
        tabIndex={0}
        aria-label={words.lens}
        aria-describedby={told}
        onPointerMove={follow}
        onPointerDown={follow}
        onKeyDown={step}
      >
        <img src={after.address} alt={words.result} draggable={false} />
        <span className={styles.lensFrame} style={frame} aria-hidden="true" />
      </div>
      <div className={styles.lensSide}>
        <Choice
          label={words.zoom}
          value={String(zoom)}
          onChange={(next) => setZoom(Number(next))}
          options={ZOOMS.map((each) => ({ value: String(each), text: `×${each}` }))}
        />
        <div className={styles.lensViews}>
          <View shown={before} name={words.bicubic} {...seen} />
          <View shown={after} name={words.after} {...seen} />
        </div>
        <p id={told} className="quiet small figures">
          {words.lensSees(words.size(Math.round(wide), Math.round(tall)), source)}
        </p>
      </div>
    </div>
  );
}

type Seen = { left: number; top: number; wide: number; tall: number };

function View({ shown, name, left, top, wide, tall }: Seen & { shown: Shown; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [bitmap, setBitmap] = useState<ImageBitmap>();
  useEffect(() => {
    let gone = false;
    let opened: ImageBitmap | undefined;
    void createImageBitmap(shown.picture).then((next) => {
      opened = next;
      if (gone) next.close();
      else setBitmap(next);
    });
    return () => {
      gone = true;
      setBitmap(undefined);
      opened?.close();
    };
  }, [shown]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !bitmap) return;
    context.imageSmoothingEnabled = false; // pixels are what is compared
    context.clearRect(0, 0, PANEL, PANEL);
    const zoom = PANEL / Math.max(wide, tall);
    context.drawImage(bitmap, left, top, wide, tall, 0, 0, wide * zoom, tall * zoom);
  }, [bitmap, left, top, wide, tall]);
  return (
    <figure>
      <canvas ref={canvas} width={PANEL} height={PANEL} role="img" aria-label={name} />
      <figcaption>{name}</figcaption>
    </figure>
  );
}
