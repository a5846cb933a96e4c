// Runs before the first paint, so that a chosen theme or language never flashes into place.
try {
  var theme = localStorage.getItem("ganvas.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  var language = localStorage.getItem("ganvas.language") || navigator.language;
  document.documentElement.lang = language.slice(0, 2) === "ko" ? "ko" : "en";
} catch (refused) {
  // Storage may be switched off: the system's choice stands.
}
