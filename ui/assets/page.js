"use strict";

/* The page without this file is whole but for three things: a chip opens its card, an answer is scrolled to and the
   focus returns to the question box, and a screen reader hears the words of a turn and not its markup. */
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const scroll = (element, block) =>
    element.scrollIntoView({ block, inline: "nearest", behavior: calm.matches ? "auto" : "smooth" });

  let chip = null; // where Escape leads back to from the card it opened

  function openCard(link) {
    const card = document.getElementById(link.hash.slice(1));
    if (!card) return;
    for (const active of document.querySelectorAll(".pc-active")) active.classList.remove("pc-active");
    card.open = true;
    card.classList.add("pc-active");
    card.querySelector("summary").focus({ preventScroll: true });
    const room = document.querySelector("#pc-talk [role=log]");
    const tall = room && card.offsetHeight > room.clientHeight;
    scroll(tall ? card.querySelector("mark") : card, tall ? "center" : "nearest");
    chip = link;
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a.pc-chip");
      if (!link) return;
      event.preventDefault();
      event.stopPropagation();
      openCard(link);
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chip?.isConnected && event.target.closest?.(".pc-card")) chip.focus();
  });

  function returnFocus() {
    const box = document.querySelector("#pc-box textarea");
    const held = document.activeElement;
    const free = !held || held === document.body || held.closest("#pc-bottom");
    // A finger that focuses a box calls up a keyboard over the answer.
    if (box && free && matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  }

  let seen = 0;

  function arrived() {
    // Gradio labels each message with its source, which is markup here; unlabelled, its words are read.
    for (const message of document.querySelectorAll("#pc-talk [data-testid][aria-label*='message']"))
      message.removeAttribute("aria-label");
    const turns = document.querySelectorAll("#pc-talk .pc-question, #pc-talk .pc-reply");
    if (turns.length > seen) {
      const questions = document.querySelectorAll("#pc-talk .pc-question");
      if (questions.length) scroll(questions[questions.length - 1], "start");
      if (turns[turns.length - 1].matches(".pc-reply")) returnFocus();
    }
    seen = turns.length;
  }

  new MutationObserver(arrived).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["aria-label"],
  });
})();
