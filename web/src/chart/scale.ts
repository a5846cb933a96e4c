export type Scale = { place: (value: number) => number; ticks: number[] };

function step(span: number, wanted: number): number {
  const rough = span / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

/** Values from `low` to `high` onto pixels `from` to `to`, with round ticks. */
export function linear(low: number, high: number, from: number, to: number, wanted: number): Scale {
  const span = high - low || Math.abs(high) || 1;
  const [bottom, top] = high === low ? [low - span / 2, high + span / 2] : [low, high];
  const size = step(top - bottom, wanted);
  const ticks: number[] = [];
  for (let tick = Math.ceil(bottom / size) * size; tick <= top + size * 1e-6; tick += size) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  return { place: (value) => from + ((value - bottom) / (top - bottom)) * (to - from), ticks };
}

/** The same by orders of magnitude; `low` must be positive. */
export function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const [bottom, top] = [Math.log10(low), Math.log10(Math.max(high, low * 1.0001))];
  const [first, last] = top - bottom < 1 ? [Math.floor(bottom), Math.ceil(top)] : [bottom, top];
  const ticks: number[] = [];
  const every = Math.max(1, Math.ceil((last - first) / 5));
  for (let power = Math.ceil(first); power <= last; power += every) {
    ticks.push(10 ** power);
    if (last - first <= 2) ticks.push(2 * 10 ** power, 5 * 10 ** power);
  }
  return {
    place: (value) => from + ((Math.log10(Math.max(value, low / 10)) - first) / (last - first)) * (to - from),
    ticks: ticks.filter((tick) => Math.log10(tick) >= first - 1e-9 && Math.log10(tick) <= last + 1e-9),
  };
}
