// The sentences of the page of one model, in English.
export const en = {
  kinds: { draw: "Draw", generate: "Generate", translate: "Translate", music: "Music" },
  loading: (done: string, all: string) => `Loading the model: ${done} of ${all} MB`,
  starting: "Starting the model in this browser",
  failed: (reason: string) =>
    `The model could not be started in this browser (${reason}). Reload the page, or open it in a current browser.`,
  noModel: (reason: string) =>
    `The model of this page could not be loaded (${reason}). Open the page from a web server, not as a file.`,
  wrong: (difference: string) =>
    `This browser computes something else than the model does (mean difference ${difference} where 0.01 is allowed), so what you see here is not the model's answer. Try another browser.`,
  runs: { webgpu: "Runs on this device's graphics processor", wasm: "Runs on this device's processor" },
  stays: "Everything is computed in this browser; nothing you draw or load leaves this device.",
  ready: (seconds: string) => `Ready after ${seconds} s.`,
  computed: (milliseconds: string) => `${milliseconds} ms in this browser`,
  // Draw
  leadDraw: "It follows your strokes.",
  leadMask: "Load a picture and paint over what should be replaced.",
  // Generate
  leadGenerate: "The same seed always gives the same picture on this page; the studio's seeds give others.",
  more: "Other pictures",
  begin: (seed: number) => `Begin with seed ${seed}`,
  save: (name: string) => `Save ${name}`,
  // Translate
  leadTranslate: "Choose a picture.",
  centre: (side: number) => `Only the middle square of a picture is used, as ${side} × ${side} pixels.`,
  faces: "The model was trained on faces in the middle of the picture: choose one where the face fills the frame.",
  formats: "PNG, JPEG, WebP, GIF or AVIF",
  unreadable: "This file could not be read as a picture; try a PNG or JPEG.",
  source: "Your picture",
  answer: "Result",
  another: "Another picture",
  into: "Direction",
  way: (from: string, to: string) => `${from} → ${to}`,
  saveAnswer: "Save result",
  leadMusic: "The same seed is always the same piece on this page.",
  // About
  about: "About this model",
  madeBy: "Pictures and music of this page are made by a model. Saved files say so in their metadata.",
  trained: (family: string, kimg: string) => `${family}, shown ${kimg} thousand training items, each many times`,
  difference: (weights: string, mean: string) =>
    `Weights are stored as ${weights}; answers differ from the model's by ${mean} on average, of a range of 2.`,
  credits: "Learned from",
  noCredits: "No credits were recorded: ask whoever published this page what the model was trained on.",
  count: (count: string) => `${count} items`,
  origin: "Source",
  card: "Model card",
  limits:
    "The model repeats the biases of its training data, and its answers may be close to single training items. Do not use it to show people doing what they have not done.",
  foot: "No other host is asked for anything.",
  madeWith: "Made with Ganvas",
};
