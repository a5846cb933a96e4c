/** Pictures of one size as one PNG, row by row; "" leaves a cell empty. */
export async function sheetPicture(rows: string[][]): Promise<Blob> {
  const loaded = await Promise.all(
    rows.map((row) =>
      Promise.all(
        row.map(async (address) => {
          if (!address) return null;
          const picture = new Image();
          picture.src = address;
          await picture.decode();
          return picture;
        }),
      ),
    ),
  );
  const side = loaded.flat().find((picture) => picture)?.naturalWidth ?? 1;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(...loaded.map((row) => row.length)) * side;
  canvas.height = loaded.length * side;
  const context = canvas.getContext("2d");
  loaded.forEach((row, y) => {
    row.forEach((picture, x) => {
      if (picture) context?.drawImage(picture, x * side, y * side, side, side);
    });
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser gave no picture."))), "image/png");
  });
}

/** Columns of a grid of `count` pictures: square when it can be. */
export function columnsOf(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

/** The pictures as one PNG, at their own size, in the order of the page. */
export function gridPicture(addresses: string[]): Promise<Blob> {
  const columns = columnsOf(addresses.length);
  const rows = Array.from({ length: Math.ceil(addresses.length / columns) }, (_, row) =>
    addresses.slice(row * columns, (row + 1) * columns),
  );
  return sheetPicture(rows);
}
