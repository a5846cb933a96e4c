const COLOURS = ["g0", "d0", "o0", "g2", "d2", "o1", "d1", "g1", "o3", "d3", "g3", "o2"];

/** The colour of a track, by its index. */
export const colourOf = (track: number) => `var(--curve-${COLOURS[track % COLOURS.length]})`;
