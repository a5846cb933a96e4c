// The sentences of the page for signing in, in English.
export const en = {
  title: "Sign in",
  lead: "This studio can be reached by others, so it asks for a token. Its operator has one for you.",
  token: "Token",
  tokenHelp: "The studio prints its tokens when it starts.",
  name: "Your name (optional)",
  nameHelp: "Reviews go by this name. A token that has a name keeps its own.",
  submit: "Sign in",
  working: "Signing in…",
  kept: "A cookie keeps you signed in on this browser for 30 days.",
  roles: "What a token allows",
  player: "Player: use the models.",
  reviewer: "Reviewer: also see training runs and judge pictures.",
  owner: "Owner: everything.",
};
