"use strict";

/* Light or dark is settled before anything is painted: what was chosen here, else what the system says. Gradio puts
   .dark on the body by itself; this keeps it as it was chosen. */
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("pc-theme");
    } catch {
      return null; // storage may be forbidden
    }
  };
  const wanted = () => (chosen() ? chosen() === "dark" : system.matches);

  function apply() {
    document.documentElement.classList.toggle("dark", wanted());
    document.body?.classList.toggle("dark", wanted());
    const theme = chosen();
    if (!theme) return;
    // Pages of documents have no script: the server is told how they are to look, and one that is shown is changed.
    document.cookie = `pc-theme=${theme}; path=/document; max-age=31536000; samesite=strict`;
    const shown = document.getElementById("pc-panel-frame")?.contentDocument?.documentElement;
    shown?.classList.remove("pd-light", "pd-dark");
    shown?.classList.add(`pd-${theme}`);
  }

  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(() => {
      if (document.body.classList.contains("dark") !== wanted()) apply();
    }).observe(document.body, { attributeFilter: ["class"] });
    document.getElementById("pc-theme")?.addEventListener("click", () => {
      const next = wanted() ? "light" : "dark";
      try {
        localStorage.setItem("pc-theme", next);
      } catch {
        return;
      }
      apply();
    });
  });
})();
