// Words that several features share, in English. The Korean file has the same shape, checked by the compiler.

export const en = {
  language: "한국어",
  languageLabel: "Switch to Korean",
  skip: "Skip to content",
  navigation: "Main",
  navigationGroups: { use: "Use models", make: "Make models" },
  theme: { label: "Theme", light: "Light", dark: "Dark", system: "System" },
  footer: "Everything runs on this machine. Nothing you draw or load is kept, except pictures that you add on Train.",
  footerShares:
    "Everything runs on this machine. Nothing you draw or load is kept, except drawings whose link you copy and pictures that you add on Train.",
  footerElsewhere:
    "Everything runs on the machine of this studio. Nothing you draw or load is kept, except pictures that you add on Train.",
  footerElsewhereShares:
    "Everything runs on the machine of this studio. Nothing you draw or load is kept, except drawings whose link you copy and pictures that you add on Train.",
  signedIn: (who: string) => `Signed in: ${who}`,
  signIn: "Sign in",
  signOut: "Sign out",
  roleNames: { player: "player", reviewer: "reviewer", owner: "owner" },
  loading: "Loading",
  retry: "Try again",
  copy: "Copy command",
  copied: "Copied",
  progress: "Progress",
  finishing: "Measuring and writing the model",
  play: "Play",
  pause: "Pause",
  class: "Class",
  camera: {
    open: "Use the camera",
    title: "Camera",
    take: "Take the picture",
    close: "Close",
    waits: "Waiting for the camera. The browser may ask whether you allow it.",
    refused:
      "The browser was not allowed to use the camera. Allow it beside the address, then try again, or choose a picture.",
    absent: "No camera was found on this device; choose a picture instead.",
    taken: "The camera is in use by another program; close that, then try again.",
    insecure: "Browsers give the camera only to pages at localhost or under https; choose a picture instead.",
  },
  picture: {
    drop: "Drop a picture here, paste one, or",
    choose: "Choose a picture",
    kinds: "PNG, JPEG, WebP, HEIC and more, up to 20 MB",
  },
  onward: {
    open: "Go on with it",
    enlarge: "Enlarge it",
    translate: "Translate it",
    card: "Put it on a card",
    copy: "Copy the picture",
    copied: "Copied",
    notCopied: "The browser does not let the page copy pictures; save it instead.",
  },
  saveAll: "Save all (zip)",
  problem: "Something went wrong",
  offline: "The studio does not answer. Is `ganvas studio` still running?",
  sampleTraining: "Try with sample avatars",
  sampleTrainingHelp:
    "The studio draws a thousand avatars and learns to make new ones: about two minutes on two processor cores.",
  missing: {
    title: "There is nothing here",
    text: "There is no page at this address.",
    home: "Go to the home page",
  },
  units: { images: "images/s", left: (time: string) => `${time} left`, kimg: (n: string) => `${n} kimg` },
  levels: { info: "Note", warning: "Warning", error: "Problem" } as Record<string, string>,
};
