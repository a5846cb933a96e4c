// Pictures fetched and decoded before anybody looks at them. The elements themselves are put on the page, so that showing
// one costs neither a request nor a decoding.

const AT_ONCE = 4; // of the six connections a browser makes: two stay for verdicts and the picture looked at
const MOST = 90;
const AGAIN_MS = 3000;

type Entry = { image: HTMLImageElement; state: "loading" | "ready" | "failed" };

export class Pool {
  private readonly entries = new Map<string, Entry>(); // the least recently used first
  private wanted: string[] = [];
  private loading = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  state(address: string): Entry["state"] {
    return this.entries.get(address)?.state ?? "loading";
  }

  /** The element of a picture, which may still be loading. */
  take(address: string): HTMLImageElement {
    const entry = this.entries.get(address);
    if (!entry) return this.load(address).image;
    this.entries.delete(address);
    this.entries.set(address, entry);
    return entry.image;
  }

  /** What will be looked at, the soonest first. */
  want(addresses: string[]): void {
    this.wanted = addresses;
    this.fill();
  }

  /** Tries again what could not be had. */
  retry = (): void => {
    for (const [address, entry] of this.entries) if (entry.state === "failed") this.entries.delete(address);
    this.fill();
    this.tell();
  };

  private fill(): void {
    for (const address of this.wanted) {
      if (this.loading >= AT_ONCE) return;
      if (!this.entries.has(address)) this.load(address);
    }
  }

  private load(address: string): Entry {
    const entry: Entry = { image: new Image(), state: "loading" };
    entry.image.draggable = false;
    entry.image.decoding = "sync"; // it is decoded ahead; a second decoding must not blink
    this.entries.set(address, entry);
    this.loading += 1;
    entry.image.src = address;
    entry.image
      .decode()
      .then(
        () => {
          entry.state = "ready";
        },
        () => {
          entry.state = "failed";
          clearTimeout(this.timer);
          this.timer = setTimeout(this.retry, AGAIN_MS);
        },
      )
      .finally(() => {
        this.loading -= 1;
        this.tidy();
        this.fill();
        this.tell();
      });
    return entry;
  }

  private tidy(): void {
    const keep = new Set(this.wanted);
    for (const [address, entry] of this.entries) {
      if (this.entries.size <= MOST) return;
      if (!keep.has(address) && entry.state !== "loading" && !entry.image.isConnected) this.entries.delete(address);
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
