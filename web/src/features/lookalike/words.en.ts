import { angles } from "./angles.en";

const list = (names: string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");

// The sentences of the Look-alike page, in English.
export const en = {
  nav: "Look-alike",
  title: "Look-alike",
  lead: "Whom does a face resemble? Angles of the face are compared, and the page says which.",
  gallery: "Compared with",
  galleryFacts: (people: number) => (people === 1 ? "1 person" : `${people.toLocaleString("en")} people`),
  from: "From",
  deleteAfter: (day: string) => `To be deleted on ${day}`,
  consentTitle: "Before you begin",
  consent:
    "The picture shows me, or a person who agreed to this use. Everyone shown is 18 or older. The picture is used for " +
    "this answer only, in memory, and is not kept.",
  agree: "I agree",
  examples: "Or try an example",
  examplesCredit: "Public-domain portraits",
  example: (number: number) => `Example ${number}`,
  yours: "Your picture",
  another: "Another picture",
  weight: "What counts",
  weightFormat: (weight: number) =>
    weight === 0
      ? "shape alone"
      : weight === 1
        ? "whole face alone"
        : `shape ${Math.round((1 - weight) * 100)} %, whole face ${Math.round(weight * 100)} %`,
  weightHelp:
    "Shape: the angles of the face. Whole face: a network trained on faces (SFace), which also sees skin, hair and age.",
  comparing: "Comparing …",
  results: "Most alike",
  place: (place: number) => `${place}.`,
  share: (share: number) =>
    share < 0.99 ? `${Math.floor(share * 100)} of 100` : `${Math.floor(share * 1000).toLocaleString("en")} of 1,000`,
  nearer: (pairs: string) => `More alike than ${pairs} pairs of strangers`,
  both: (shape: string, overall: string) => `In shape: ${shape}. As a whole face: ${overall}.`,
  shared: (names: string[]) => `Alike, and unlike most people: ${list(names)}.`,
  different: (names: string[]) => `Most different: ${list(names)}.`,
  nothing: "No angle stands out in both faces.",
  angles,
  degrees: "Show the angles",
  angle: "Angle",
  own: "You",
  other: "They",
  usual: "Usual",
  outlines: (name: string) => `The outlines of your face and of ${name}, over each other`,
  ownLine: "You",
  picture: (name: string) => `Portrait of ${name}`,
  rivals: (share: number) =>
    `Somebody is always the nearest: ${Math.round(share * 100)} % of the people in this gallery have somebody in it who ` +
    "is nearer to them than your first match is to you.",
  leftOut: (count: number) =>
    count === 1
      ? "One person was left out, who may be the person in your picture. Strangers are compared here, and nobody is identified."
      : `${count} people were left out, who may be the person in your picture. Strangers are compared here, and nobody is identified.`,
  claim: "A resemblance is not an identification, and says nothing about kinship or character.",
  emptyTitle: "No gallery yet",
  emptyText:
    "A gallery is made from frontal photographs of people who agreed, or who need not: a folder per person, or a file per person.",
  emptyAfter: "For example members of Congress, whose official portraits are in the public domain:",
  unknown: (id: string) => `There is no gallery ${id}.`,
  method: "How faces are compared, and why by angles",
  methodText: [
    "468 points of the face are read in three dimensions and turned to the frontal view, so that a turned head changes little; beyond 14° the picture is refused. At 45 triples of points an angle is measured; of left and right the mean is taken.",
    "The slope of a line has no bounds and cannot be scaled: a vertical line is infinitely steep, and just beyond it the sign flips. That is because a slope is a direction without a sense: a line at 179° is nearly the line at 1°, yet their mean is not 90°. Doubled, 2° and 358°, both lie side by side on a circle, where means and distances are right again.",
    "The angle at three points needs none of this. It lies between 0° and 180°, is measured from no direction, and varies by a few degrees between people, far from both ends. So it is scaled like any number: how far is it from the median, in units of the usual spread?",
    "Angles that move with a smile or from photograph to photograph count less. The result is a place among pairs of strangers and not a per cent of likeness, for which there is no scale.",
  ],
  circle: "A line at 1° and one at 179° are nearly the same line. Doubled, they are neighbours on the circle.",
  asLines: "Slopes",
  doubled: "Doubled",
};
