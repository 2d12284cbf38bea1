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
