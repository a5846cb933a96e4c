// A picture of the pool put on the page, and the stage on which one is looked at closely.
import { type ReactNode, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { type Queued, sized } from "./api";
import layoutStyles from "./layout.module.css";
import styles from "./picture.module.css";
import type { Pool } from "./pool";
import { useWords } from "./words";

const SIZES = [256, 512, 1024, 2048];
const ENLARGED = 2.2;

/** The address of a picture as large as `pixels` need, and no larger than it is. */
export function addressOf(picture: { thumbnail_url: string; width: number; height: number }, pixels: number): string {
  const wanted = Math.min(pixels, Math.max(picture.width, picture.height));
  return sized(picture, SIZES.find((size) => size >= wanted) ?? 2048);
}

export function usePictureState(pool: Pool, address: string | undefined) {
  return useSyncExternalStore(pool.subscribe, () => (address ? pool.state(address) : "ready"));
}

export function Mounted({ pool, address, label }: { pool: Pool; address: string; label: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const state = usePictureState(pool, address);
  useLayoutEffect(() => {
    const image = pool.take(address);
    image.alt = label;
    if (holder.current?.firstChild !== image) holder.current?.replaceChildren(image);
  });
  return <div ref={holder} className={styles.mounted} data-testid="picture" data-state={state} />;
}

type Box = [number, number, number, number];

/** Where the face is, in shares of the picture; the middle of its upper half where no face is known. */
function faceOf(picture: Queued): { x: number; y: number } {
  const box = picture.checks.find((check) => check.name === "face")?.detail?.box;
  if (!Array.isArray(box) || box.length !== 4 || box.some((value) => typeof value !== "number"))
    return { x: 0.5, y: 0.4 };
  const [x0, y0, x1, y1] = box as Box;
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
}

export function Stage({
  pool,
  picture,
  address,
  label,
  zoomed,
  onZoom,
  children,
}: {
  pool: Pool;
  picture: Queued;
  address: string;
  label: string;
  zoomed: boolean;
  onZoom: (zoomed: boolean) => void;
  children?: ReactNode;
}) {
  const words = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const moved = useRef(0);
  const aimed = useRef<{ x: number; y: number } | null>(null);
  const state = usePictureState(pool, address);
  const fine = addressOf(picture, 2048);
  const fineState = usePictureState(pool, zoomed ? fine : undefined);
  const shown = zoomed && fine !== address && fineState === "ready" ? fine : address;

  // The picture moves under the pointer without React: one style a frame, and nothing is laid out anew.
  const aim = (x: number, y: number) => {
    frame.current?.style.setProperty("--zoom-at", `${(x * 100).toFixed(2)}% ${(y * 100).toFixed(2)}%`);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `aim` only uses a ref
  useLayoutEffect(() => {
    const box = frame.current;
    if (!zoomed || !box) return;
    if (aimed.current) {
      aim(aimed.current.x, aimed.current.y);
      aimed.current = null;
      return;
    }
    const { clientWidth: width, clientHeight: height } = box;
    const scale = Math.min(width / picture.width, height / picture.height);
    const face = faceOf(picture);
    aim(
      0.5 + ((face.x - 0.5) * picture.width * scale) / width,
      0.5 + ((face.y - 0.5) * picture.height * scale) / height,
    );
  }, [zoomed, picture]);
  useEffect(() => {
    if (zoomed && fine !== address) pool.take(fine);
  }, [zoomed, fine, address, pool]);

  const shareOf = (event: React.PointerEvent | React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const drag = (event: React.PointerEvent) => {
    if (!zoomed) return;
    if (event.pointerType !== "mouse" && !event.buttons) return;
    moved.current += Math.abs(event.movementX) + Math.abs(event.movementY);
    const at = shareOf(event);
    aim(at.x, at.y);
  };
  return (
    <div className={styles.stageFrame}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: zooming is on a key and on a button as well */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: zooming is on a key and on a button as well */}
      <div
        ref={frame}
        className={styles.zoom}
        data-zoomed={zoomed || undefined}
        style={{ "--zoom": ENLARGED } as React.CSSProperties}
        onPointerDown={() => {
          moved.current = 0;
        }}
        onPointerMove={drag}
        onClick={(event) => {
          if (moved.current > 24 && zoomed && (event.nativeEvent as PointerEvent).pointerType === "touch") return;
          aimed.current = shareOf(event);
          onZoom(!zoomed);
        }}
      >
        <div className={styles.zoomed}>
          <Mounted pool={pool} address={shown} label={label} />
        </div>
      </div>
      {state !== "ready" && (
        <p className={layoutStyles.coming} role="status">
          {state === "failed" ? words.missing : words.coming}
        </p>
      )}
      {children}
    </div>
  );
}
