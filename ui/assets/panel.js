"use strict";

/* The panel of sources: the words that an answer rests on, in their document. A citation shows its quote where the
   pointer or the focus is on it, and opens the panel; from there it goes to the next one, and back. */
(() => {
  const part = (name) => document.getElementById(`pc-panel-${name}`);
  let reply = null; // whose sources are shown
  let sources = []; // the cards of its citations, or the nearest passages
  let at = -1;
  let back = null; // where the focus returns to
  let correcting = null;

  const linkOf = (card) => card.querySelector(".pc-open a");

  function framed(address) {
    const frame = part("frame");
    // A frame whose address only differs behind the # would not be loaded anew, and the mark not be scrolled to.
    const fresh = document.createElement("iframe");
    fresh.id = frame.id;
    fresh.title = frame.title;
    fresh.src = address;
    fresh.addEventListener("load", () => listen(fresh)); // what a link in it leads to, too
    frame.replaceWith(fresh);
    listen(fresh);
  }

  /* The keys work in the document as soon as it is there: its pictures may take long to come. */
  function listen(frame) {
    const inner = frame.contentDocument;
    if (!inner || !frame.isConnected || !frame.hasAttribute("src")) return;
    if (inner.URL === "about:blank") setTimeout(() => listen(frame), 20);
    else inner.addEventListener("keydown", pressed);
  }

  function named(title, where, flag) {
    part("title").textContent = title;
    part("where").textContent = where;
    part("flag").textContent = flag;
    part("flag").hidden = !flag;
  }

  function found() {
    const list = reply?.querySelector(".pc-found ol");
    const place = part("found");
    place.hidden = !list;
    place.querySelector("div").replaceChildren(...(list ? [list.cloneNode(true)] : []));
  }

  function opened(address) {
    const panel = document.getElementById("pc-panel");
    part("link").href = address;
    framed(address);
    if (panel.hidden) {
      panel.hidden = false;
      document.documentElement.classList.add("pc-panel-shown");
    }
  }

  function turn(index) {
    if (index < 0 || index >= sources.length) return;
    at = index;
    const card = sources[at];
    for (const active of document.querySelectorAll(".pc-active")) active.classList.remove("pc-active");
    card.classList.add("pc-active");
    const number = card.querySelector(".pc-number")?.textContent;
    for (const chip of reply.querySelectorAll(".pc-chip"))
      if (number && chip.textContent === number) chip.classList.add("pc-active");
    const words = (selector) => card.querySelector(selector)?.textContent ?? "";
    named(words(".pc-title"), [words(".pc-source"), words(".pc-place")].filter(Boolean).join(" · "), words(".pc-flag"));
    part("count").textContent = `${at + 1} of ${sources.length}`;
    part("previous").disabled = at === 0;
    part("next").disabled = at === sources.length - 1;
    part("copy").disabled = false;
    opened(linkOf(card).href);
  }

  function show(card, from) {
    reply = card.closest(".pc-reply");
    sources = [...reply.querySelectorAll(".pc-sources .pc-card")];
    back = from;
    found();
    turn(sources.indexOf(card));
    part("title").focus({ preventScroll: true });
  }

  /* A passage that was found: not cited, so there is nothing to go on to. */
  function showHit(link) {
    for (const active of document.querySelectorAll(".pc-active")) active.classList.remove("pc-active");
    named(link.querySelector(".pc-title").textContent, link.querySelector(".pc-place").textContent, "");
    part("count").textContent = "";
    part("previous").disabled = true;
    part("next").disabled = !sources.length;
    part("copy").disabled = true;
    at = -1;
    opened(link.href);
    part("title").focus({ preventScroll: true });
  }

  function close() {
    const panel = document.getElementById("pc-panel");
    if (!panel || panel.hidden) return;
    panel.hidden = true;
    correct(null);
    document.documentElement.classList.remove("pc-panel-shown");
    for (const active of document.querySelectorAll(".pc-active")) active.classList.remove("pc-active");
    part("frame").removeAttribute("src");
    if (back?.isConnected) back.focus({ preventScroll: true });
    reply = back = null;
    sources = [];
  }

  function quotation() {
    const card = sources[at];
    if (!card) return;
    const words = (card.querySelector("mark") ?? card.querySelector(".pc-passage")).textContent.trim();
    const where = [part("title").textContent, part("where").textContent].filter(Boolean).join(", ");
    const detail = { text: `“${words}” — ${where}\n${linkOf(card).href}`, told: "The quotation is copied." };
    document.dispatchEvent(new CustomEvent("pincite:copy", { detail }));
  }

  /* --- the right words, selected in the document */

  function correct(which) {
    correcting = which;
    document.getElementById("pc-correct").hidden = !which;
  }

  function selected() {
    const frame = part("frame");
    const words = frame.contentDocument?.getSelection()?.toString().trim() ?? "";
    const document_ = new URL(frame.src).pathname.split("/").pop();
    return { words, document: decodeURIComponent(document_) };
  }

  function keep() {
    const { words, document: id } = selected();
    const say = (sentence) => document.dispatchEvent(new CustomEvent("pincite:say", { detail: sentence }));
    if (!words) return say("Nothing is selected in the document: mark the words that answer the question first.");
    const detail = { reply: correcting, fields: { document: id, quote: words } };
    document.dispatchEvent(new CustomEvent("pincite:correct", { detail }));
    correct(null);
  }

  document.addEventListener("pincite:select", (event) => {
    const wanted = event.detail.reply;
    const card = wanted.querySelector(".pc-sources .pc-card");
    const hit = wanted.querySelector("a.pc-hit");
    if (card) show(card, event.detail.button);
    else if (hit) {
      reply = wanted;
      found();
      showHit(hit);
    } else return;
    correct(wanted);
  });
  document.addEventListener("pincite:close", close);

  /* --- the quote of a citation, where the pointer or the focus is */

  function hover(chip) {
    const place = document.getElementById("pc-hover");
    if (!place) return;
    const card = chip && document.getElementById(chip.hash.slice(1));
    place.hidden = !card;
    if (!card) return;
    const quote = document.createElement("q");
    quote.dir = "auto";
    quote.textContent = card.querySelector("mark")?.textContent ?? "";
    const from = document.createElement("span");
    const words = (selector) => card.querySelector(selector)?.textContent ?? "";
    from.textContent = `${words(".pc-title")}, ${words(".pc-place")}`;
    place.replaceChildren(quote, from);
    const box = chip.getBoundingClientRect();
    const width = Math.min(384, innerWidth - 24);
    place.style.width = `${width}px`;
    place.style.left = `${Math.max(12, Math.min(box.left - 24, innerWidth - width - 12))}px`;
    const below = box.bottom + 8 + place.offsetHeight < innerHeight;
    place.style.top = `${below ? box.bottom + 8 : Math.max(8, box.top - place.offsetHeight - 8)}px`;
  }

  const chipAt = (event) => event.target.closest?.("#pc-talk a.pc-chip");
  for (const [kind, shown] of [
    ["pointerover", true],
    ["focusin", true],
    ["pointerout", false],
    ["focusout", false],
  ])
    document.addEventListener(kind, (event) => {
      const chip = chipAt(event);
      if (!chip) return;
      // The browser's own tooltip would lie over ours.
      chip.removeAttribute("title");
      hover(shown ? chip : null);
    });

  /* --- what opens it and goes on in it */

  document.addEventListener(
    "click",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      const chip = chipAt(event);
      const opener = event.target.closest?.("#pc-talk .pc-open a");
      const hit = event.target.closest?.("a.pc-hit");
      if (!chip && !opener && !hit) return;
      event.preventDefault();
      event.stopPropagation();
      hover(null);
      if (hit) {
        if (hit.closest(".pc-reply")) {
          reply = hit.closest(".pc-reply");
          sources = [...reply.querySelectorAll(".pc-sources .pc-card")];
          back = hit;
          found();
        }
        return showHit(hit);
      }
      const card = chip ? document.getElementById(chip.hash.slice(1)) : opener.closest(".pc-card");
      if (card) show(card, chip ?? opener);
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#pc-panel button");
    if (!button) return;
    if (button === part("close")) close();
    if (button === part("previous")) turn(at - 1);
    if (button === part("next")) turn(at + 1);
    if (button === part("copy")) quotation();
    if (button.id === "pc-correct-keep") keep();
    if (button.id === "pc-correct-drop") correct(null);
  });

  function pressed(event) {
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !reply) return;
    if (event.key === "]") turn(at + 1);
    else if (event.key === "[") turn(at - 1);
    else if (event.key === "Escape") close();
  }

  document.addEventListener("keydown", pressed);
})();
