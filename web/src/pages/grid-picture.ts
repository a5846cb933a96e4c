/** Columns of a grid of `count` pictures: square when it can be. */
export function columnsOf(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

/** The pictures as one PNG, at their own size, in the order of the page. */
export async function gridPicture(addresses: string[]): Promise<Blob> {
  const pictures = await Promise.all(
    addresses.map(async (address) => {
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      return picture;
    }),
  );
  const side = pictures[0]?.naturalWidth ?? 1;
  const columns = columnsOf(pictures.length);
  const canvas = document.createElement("canvas");
  canvas.width = columns * side;
  canvas.height = Math.ceil(pictures.length / columns) * side;
  const context = canvas.getContext("2d");
  pictures.forEach((picture, index) => {
    context?.drawImage(picture, (index % columns) * side, Math.floor(index / columns) * side);
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The browser gave no picture."))),
      "image/png",
    );
  });
}
