// The Card page's sentences, in English.

export const en = {
  nav: "Card",
  title: "Card",
  lead: "A drawing of your face on a card, for a print shop or for the upload of a bank.",
  stays: "Your pictures stay on this machine and are not kept.",
  noModel: "No model to draw with yet",
  noModelText: "Start the studio with its starter models, or train a model that translates pictures.",
  // Photograph
  face: "One person, from the front, near, in good light. The face is found and turned upright by itself.",
  examples: "Or try one of these photographs",
  example: (n: number) => `Example photograph ${n}`,
  examplesCredit: "Official portraits of the US Government, in the public domain",
  another: "Another photograph",
  drawing: "Drawing",
  // Style
  style: "Style",
  model: "Model",
  direction: "Direction",
  way: (from: string, to: string) => `${from} → ${to}`,
  into: "Into",
  variation: "Variation",
  scope: "What is drawn",
  scopes: { head: "Head", photograph: "Photograph" },
  background: "Background",
  backgrounds: { remove: "Removed", keep: "Kept" },
  detail: "Detail",
  details: { quick: "Quick", fine: "Fine" },
  // Design
  template: "Template",
  texts: "Text",
  textNames: { name: "Name", line: "Line", message: "On the back", small: "Below it" } as Record<string, string>,
  colours: "Colours",
  colourNames: { ground: "Ground", accent: "Accent", second: "Second", ink: "Dark", paper: "Light" },
  fromPhoto: "Ground out of the photograph",
  takeColour: (colour: string) => `Ground ${colour}`,
  resetColours: "The template's colours",
  place: "Picture",
  size: "Size",
  turn: "Turn",
  right: "To the right",
  down: "Down",
  resetPlace: "Back to its place",
  seeThrough: "White lets the ground through",
  chip: "The card has a chip",
  stripe: "It has a magnetic stripe",
  guides: "Show where it is cut",
  // Stage
  side: "Side",
  sides: { front: "Front", back: "Back" },
  stage: (side: string) =>
    `${side} of the card. Drag to move the picture, pinch or turn the wheel to scale it. Arrow keys move, plus and minus scale, square brackets turn.`,
  hint: "Drag the picture; pinch, wheel or + and − scale it; [ and ] turn it.",
  chipZone: "Chip",
  stripeZone: "Magnetic stripe",
  // Checks
  checks: "Checks",
  allWell: "Nothing was found that would go wrong.",
  checking: "Checking",
  levels: { error: "Must be changed", warning: "Look at this", info: "For your information" } as Record<string, string>,
  findings: {
    "picture-resolution":
      "The picture has {ppi} pixels per inch at this size; print needs {least}: make it smaller, or draw it with more detail.",
    "picture-floats":
      "The lower edge of the picture lies {mm} mm above that of its frame, so that its cut edge shows; move it down or enlarge it.",
    "face-under-chip": "{percent} % of the face lies under the chip; move the picture.",
    "face-unknown": "It is not known where the face is in this picture; look yourself that the chip does not cover it.",
    "text-contrast":
      "“{text}” is hard to read on its ground (contrast {ratio}, {least} is needed); choose other colours, or move the picture away from it.",
    "text-outside-safe": "“{text}” comes within {mm} mm of the cut, and the safe area begins at {safe} mm; shorten it.",
    "text-too-small": "“{text}” is set in {size} points, and letters below {least} fill up in print; shorten it.",
    "text-under-chip": "“{text}” lies under the chip; leave it out, or choose another template.",
    "text-under-stripe": "“{text}” lies under the magnetic stripe; leave it out, or choose another template.",
    "ink-above-limit":
      "{percent} % of the {side} would take more ink than {limit} % (up to {most} %); colour is reduced there when the file is written.",
    "ink-not-measured":
      "The ink cannot be measured without the ICC profile of the print shop; the file would be in RGB, and the shop would convert it.",
    "bank-text": "There is text on the front ({count}); most banks print the name themselves and refuse other text.",
    "bank-light-ground":
      "The front is light (luminance {luminance} of 1), and {bank} refuses light grounds; choose darker colours.",
    "text-in-picture":
      "Something in the photograph is arranged like letters; writing and logos are refused by most banks: look at it, and crop it away.",
    "copy-of-training-picture":
      "The drawing is nearly the same as one of the {count} pictures that the model learned from ({bits} of 64 bits differ); take another photograph or another model.",
    "not-compared":
      "The drawing was not compared with the pictures that the model learned from, which are not on this machine.",
    "age-not-checked":
      "The age of the person was not checked: nothing here can. Cards of children need their parents' consent.",
  } as Record<string, string>,
  // Files
  files: "Download",
  purpose: "For",
  purposes: { print: "Print shop", bank: "Bank upload" },
  profile: "Shop",
  bank: "Bank",
  shopTakes: (width: number, height: number, safe: number, ink: number) =>
    `${width} × ${height} mm with bleed, safe area ${safe} mm, ink ${ink} %`,
  bankTakes: (width: number, height: number, megabytes: number) =>
    `at least ${width} × ${height} pixels, at most ${megabytes} MB`,
  icc: "ICC profile of the shop",
  iccNone: "None: the file is in RGB",
  iccChoose: "Choose",
  iccRemove: "Remove",
  sheet: "Cards per page",
  sheetOne: "One",
  sheetOf: (name: string) => `As many as fit on ${name}`,
  statement: "Page about the model, with a checklist to sign",
  savePdf: "Download PDF",
  saveJpeg: "Download JPEG",
  savePicture: "Drawing as PNG",
  writing: "The file is being written",
  mark: "The files say in their metadata that a model drew the portrait.",
};
