// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { LARGEST, LONGEST, reduced } from "./reduced";

/** A file of this many bytes; its content does not matter, since the browser is a stand-in. */
const file = (bytes: number, type = "image/jpeg") => new Blob([new Uint8Array(bytes)], { type });

const browserReading = (width: number, height: number) => {
  const close = vi.fn();
  const open = vi.fn(async () => ({ width, height, close }));
  const drawn = vi.fn();
  vi.stubGlobal("createImageBitmap", open);
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({ drawImage: drawn } as never);
  vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation((done, type) =>
    done(new Blob(["s"], type ? { type } : {})),
  );
  return { open, close, drawn };
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a photograph of 108 megapixels is sent with sides that the studio takes", async () => {
  const { close, drawn } = browserReading(12_000, 9_000);
  const sent = await reduced(file(2_000_000));
  expect(drawn.mock.calls[0]?.slice(1)).toEqual([0, 0, LONGEST, 3072]);
  expect(sent.type).toBe("image/jpeg");
  expect(close).toHaveBeenCalled();
});

test("a heavy file is packed again, with its transparency", async () => {
  browserReading(4000, 3000);
  expect((await reduced(file(LARGEST + 1, "image/png"))).type).toBe("image/webp");
});

test("a usual photograph is sent as it is, and a small one is not even opened", async () => {
  const { open } = browserReading(4000, 3000);
  const photo = file(3_000_000);
  expect(await reduced(photo)).toBe(photo);
  const small = file(500);
  expect(await reduced(small)).toBe(small);
  expect(open).toHaveBeenCalledTimes(1);
});

test("it is made smaller once, however often it is sent", async () => {
  const { open } = browserReading(12_000, 9_000);
  const photo = file(2_000_000);
  expect(await reduced(photo)).toBe(await reduced(photo));
  expect(open).toHaveBeenCalledTimes(1);
});

test("a file that the browser cannot read is sent as it is", async () => {
  vi.stubGlobal("createImageBitmap", async () => {
    throw new DOMException("No.", "InvalidStateError");
  });
  const heic = file(9_000_000, "image/heic");
  expect(await reduced(heic)).toBe(heic);
});
