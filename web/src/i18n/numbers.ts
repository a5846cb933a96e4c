// Numbers and times as people read them.

export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0001 || size >= 1e6)) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(size >= 100 ? 4 : 3)));
}

/** A deviation, to as many places as the value it belongs to. */
export function spread(deviation: number, value: number): string {
  const places = figure(value).split(".")[1]?.length ?? 0;
  return deviation !== 0 && deviation < 10 ** -places ? figure(deviation) : deviation.toFixed(places);
}

export function kimg(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}

export function duration(seconds: number, language: string): string {
  const all = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  const [h, m, s] = language === "ko" ? ["시간", "분", "초"] : [" h", " min", " s"];
  if (hours > 0) return `${hours}${h} ${minutes}${m}`;
  if (minutes > 9) return `${minutes}${m}`;
  return minutes > 0 ? `${minutes}${m} ${rest}${s}` : `${rest}${s}`;
}

/** A moment given as ISO 8601, in the reader's time zone. */
export function moment(iso: string, language: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}

export function count(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(1))} M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)} k`;
  return value.toLocaleString("en");
}

const FEATURES: Record<string, string> = { effnet: "EfficientNet", inception: "Inception" };
const KINDS: Record<string, string> = {
  kid: "KID",
  fid: "FID",
  fd: "FD",
  is: "IS",
  psnr: "PSNR",
  ssim: "SSIM",
  lpips: "LPIPS",
  precision: "Precision",
  recall: "Recall",
};
const HIGHER = new Set(["is", "psnr", "ssim", "precision", "recall"]);

/** A metric's honest name: what was measured, and with whose eyes when they are not the usual ones. */
export function metricName(metric: string): string {
  const [kind = metric, ...features] = metric.split("_");
  const name = KINDS[kind] ?? kind;
  return features.length ? `${name} (${features.map((f) => FEATURES[f] ?? f).join(" ")})` : name;
}

export function higherIsBetter(metric: string): boolean {
  return HIGHER.has(metric.split("_")[0] ?? "");
}
