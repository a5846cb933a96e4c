/** Saves a picture under a name. Addresses of blobs are given back once the browser has taken them. */
export function download(picture: Blob | string, name: string): void {
  const address = typeof picture === "string" ? picture : URL.createObjectURL(picture);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  if (typeof picture !== "string") setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
