// The sentences of the home page, in English.
export const en = {
  nav: "Home",
  model: "Model",
  title: "Your models",
  lead: "Draw, generate, and follow the training.",
  running: "Training now",
  generate: "Generate",
  draw: "Draw",
  translate: "Translate",
  music: "Music",
  try: "Try an example",
  run: "Training run",
  trained: (pictures: string) => `Training length: ${pictures} pictures`,
  trainedPhrases: (phrases: string) => `Training length: ${phrases} phrases`,
  emptyTitle: "No models yet",
  emptyText:
    "Train your first model: this command draws a thousand avatars and trains on them for about two minutes. You can also use your own folder of pictures.",
  emptyOwn: "With your own pictures",
  lower: "lower is better",
  higher: "higher is better",
  refused: "Not used",
  reload: "New models appear here automatically.",
};
