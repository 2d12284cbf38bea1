"use strict";

/* The Evaluate view: what is loaded when it is opened, and a report that is as tall as what is in it. */
(() => {
  const load = (from, into) => document.dispatchEvent(new CustomEvent("pincite:load", { detail: { from, into } }));

  /* Which of its parts is shown. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[data-into="#pv-part"]');
    if (!link) return;
    const tabs = [...document.querySelectorAll(".pv-tabs a")];
    const address = link.getAttribute("href").split("?")[0];
    const tab = tabs.find((each) => address.startsWith(each.getAttribute("href")));
    if (!tab) return;
    for (const each of tabs) each.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "page");
  });

  /* A question that is opened loads what was found for it, once. */
  document.addEventListener(
    "toggle",
    (event) => {
      const opened = event.target;
      if (!opened.open || !opened.matches?.(".pv details[data-load]")) return;
      load(opened.dataset.load, opened.dataset.at);
      delete opened.dataset.load;
    },
    true,
  );

  /* What a part brings along to be loaded elsewhere, and how much waits to be looked at. */
  document.addEventListener("pc-put", (event) => {
    for (const at of event.target.querySelectorAll("span[data-load]")) {
      load(at.dataset.load, at.dataset.at);
      at.remove();
    }
    const done = event.target.matches?.(".pv-candidate") && event.target.querySelector("[data-waiting]");
    const waiting = document.getElementById("pv-waiting");
    if (done && waiting) waiting.textContent = done.dataset.waiting === "0" ? "" : done.dataset.waiting;
    if (event.target.id === "pv-part") event.target.closest("main")?.scrollTo(0, 0);
  });

  /* The report has the colours of the page, and its height. */
  const dark = () => document.body.classList.contains("dark") || document.documentElement.classList.contains("dark");
  const colour = (frame) => (frame.contentDocument.documentElement.dataset.theme = dark() ? "dark" : "light");

  document.addEventListener(
    "load",
    (event) => {
      const frame = event.target;
      if (!frame.matches?.("iframe.pv-frame") || !frame.contentDocument?.body) return;
      colour(frame);
      new ResizeObserver(() => {
        if (frame.isConnected) frame.style.height = `${Math.ceil(frame.contentDocument.body.offsetHeight) + 1}px`;
      }).observe(frame.contentDocument.body);
    },
    true,
  );
  const recolour = () => document.querySelectorAll("iframe.pv-frame").forEach((frame) => frame.contentDocument && colour(frame));
  document.addEventListener("DOMContentLoaded", () => {
    for (const element of [document.body, document.documentElement])
      new MutationObserver(recolour).observe(element, { attributeFilter: ["class"] });
  });
})();
