// The sentences of the home page, in English.
export const en = {
  nav: "Home",
  model: "Model",
  title: "Your models",
  lead: "Draw, generate and watch them learn. Everything stays on this machine.",
  running: "Training now",
  watch: "Watch",
  generate: "Generate",
  draw: "Draw",
  translate: "Translate",
  run: "Training run",
  previewOf: (name: string) => `Samples of ${name}`,
  trained: (pictures: string) => `Saw ${pictures} pictures in training`,
  emptyTitle: "No models yet",
  emptyText:
    "Train your first one: this draws a thousand avatars and learns them in about two minutes. Or use your own folder of pictures.",
  emptyOwn: "With your own pictures",
  lower: "lower is better",
  higher: "higher is better",
  refused: "Not used",
  reload: "The page looks for new models by itself.",
};
