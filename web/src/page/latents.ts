// Latents of seeds: standard normal numbers. They are not those of the studio, whose generator is NumPy's.

/** Uniform numbers in (0, 1) of a seed up to 2^53: a linear step and a mixing of 32 bits. */
export function uniforms(seed: number): () => number {
  let state = (Math.imul(Math.floor(seed / 2 ** 32) + 1, 0x9e3779b1) ^ (seed >>> 0)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** By pairs (Box & Muller 1958). */
export function latent(seed: number, length: number): Float32Array {
  const next = uniforms(seed);
  const z = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(next()));
    const angle = 2 * Math.PI * next();
    z[i] = radius * Math.cos(angle);
    if (i + 1 < length) z[i + 1] = radius * Math.sin(angle);
  }
  return z;
}

/** From one latent to another on the sphere (White 2016); `share` in [0, 1]. */
export function between(a: Float32Array, b: Float32Array, share: number): Float32Array {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  const cosine = dot(a, b) / Math.max(Math.sqrt(dot(a, a) * dot(b, b)), 1e-12);
  const angle = Math.acos(Math.min(Math.max(cosine, -1), 1));
  if (angle < 1e-4) return a;
  const [first, second] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  return a.map((value, i) => first * value + second * (b[i] ?? 0));
}
