// The content of pictures that the page has by their address. The studio's pages fetch nothing from data: and blob:.

/** The picture of a data: or blob: address as a file. @throws when the browser cannot show it. */
export async function contentOf(address: string): Promise<Blob> {
  if (address.startsWith("data:")) return blobOf(address);
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return pngOf(picture, picture.naturalWidth, picture.naturalHeight);
}

/** A data: address in base64 as a file. */
export function blobOf(address: string): Blob {
  const [head = "", body = ""] = address.split(",", 2);
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: head.slice(5, head.indexOf(";")) });
}

/** The only kind of picture that every browser's clipboard takes. */
export async function asPng(picture: Blob): Promise<Blob> {
  if (picture.type === "image/png") return picture;
  const bitmap = await createImageBitmap(picture);
  return pngOf(bitmap, bitmap.width, bitmap.height);
}

function pngOf(picture: CanvasImageSource, width: number, height: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("The browser gave no picture."))), "image/png");
  });
}
