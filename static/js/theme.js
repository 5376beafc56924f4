/* Remembers the reader's choice of theme, and offers the switch that no page without scripts shows. */
(() => {
  const KEY = "veille-theme";
  const NEXT = { auto: "light", light: "dark", dark: "auto" };
  const LABEL = { auto: "Thème : auto", light: "Thème : clair", dark: "Thème : sombre" };
  const root = document.documentElement;

  const read = () => {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto";
    }
  };

  const apply = (theme) => {
    if (theme === "auto") {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = theme;
    }
  };

  let theme = read() in NEXT ? read() : "auto";
  apply(theme);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme-switch");
    if (!button) return;
    button.textContent = LABEL[theme];
    button.hidden = false;
    button.addEventListener("click", () => {
      theme = NEXT[theme];
      apply(theme);
      button.textContent = LABEL[theme];
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        /* Private browsing: the choice lasts as long as the page. */
      }
    });
  });
})();
