// How large a picture is shown, so that its pixels are not resampled.

/**
 * The width in CSS pixels at which each pixel of a picture covers the same whole number of the screen's pixels: about as
 * many as a CSS pixel has, fewer where the picture would not fit, and one at least.
 */
export function shownWidth(width: number, available: number, ratio: number): number {
  const fitting = Math.floor((available * ratio) / width);
  return (width * Math.max(1, Math.min(Math.round(ratio), fitting))) / ratio;
}
