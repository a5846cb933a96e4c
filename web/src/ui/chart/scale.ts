export type Scale = { place: (value: number) => number; ticks: number[] };

function step(span: number, wanted: number): number {
  const rough = span / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

/** Values from `low` to `high` onto pixels `from` to `to`, with round ticks. */
export function linear(low: number, high: number, from: number, to: number, wanted: number): Scale {
  // A constant that was smoothed differs in its last bits, on which no tick can stand.
  const flat = high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  const span = Math.abs(high) || 1;
  const [bottom, top] = flat ? [low - span / 2, high + span / 2] : [low, high];
  const size = step(top - bottom, wanted);
  const ticks: number[] = [];
  for (let tick = Math.ceil(bottom / size) * size; tick <= top + size * 1e-6; tick += size) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  return { place: (value) => from + ((value - bottom) / (top - bottom)) * (to - from), ticks };
}

/** The same by orders of magnitude; `low` must be positive. */
export function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const [first, last] = [Math.log10(low) - 0.02, Math.log10(Math.max(high, low * 1.05)) + 0.02];
  const every = Math.max(1, Math.ceil((last - first) / 5));
  const ticks: number[] = [];
  for (let power = Math.floor(first); power <= last; power += every) {
    ticks.push(...(last - first <= 2 ? [1, 2, 5] : [1]).map((digit) => digit * 10 ** power));
  }
  return {
    place: (value) => from + ((Math.log10(Math.max(value, low / 10)) - first) / (last - first)) * (to - from),
    ticks: ticks.filter((tick) => Math.log10(tick) >= first && Math.log10(tick) <= last),
  };
}
