"use strict";

/* The chat: an answer is scrolled to and the focus returns to the question box, a screen reader hears the words of a
   turn and not its markup, conversations are changed without loading the page anew, and what is thought of an answer
   is sent. */
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const fine = matchMedia("(pointer: fine)");
  const one = (selector) => document.querySelector(selector);
  const say = (sentence) => document.dispatchEvent(new CustomEvent("pincite:say", { detail: sentence }));
  const load = (from, into) => document.dispatchEvent(new CustomEvent("pincite:load", { detail: { from, into } }));

  const scroll = (element, block) =>
    element.scrollIntoView({ block, inline: "nearest", behavior: calm.matches ? "auto" : "smooth" });

  /* Gradio listens to what is typed; this is how a script types. */
  function type(selector, text) {
    const box = one(`${selector} textarea, ${selector} input`);
    if (!box) return null;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return box;
  }

  function returnFocus() {
    const box = one("#pc-box textarea");
    const held = document.activeElement;
    const free = !held || held === document.body || held.closest("#pc-bottom");
    // A finger that focuses a box calls up a keyboard over the answer.
    if (box && free && fine.matches) box.focus({ preventScroll: true });
  }

  /* --- conversations */

  let shown = new URLSearchParams(location.search).get("talk") ?? "";
  let left = ""; // the one before, whose replies stand until those of this one have come
  let changes = 0;

  /* The server says whether the conversation that is shown is still kept: the list may end before it. */
  function listed() {
    const asked = new URLSearchParams();
    if (shown) asked.set("shown", shown);
    if (one("#pc-whole")) asked.set("all", "1");
    load(`/talk?${asked}`, "#pc-talks");
  }

  function address(talk) {
    const url = new URL(location.href);
    url.hash = "";
    if (talk) url.searchParams.set("talk", talk);
    else url.searchParams.delete("talk");
    return url;
  }

  function mark() {
    for (const link of document.querySelectorAll(".pc-talk-link")) {
      const here = new URL(link.href).searchParams.get("talk") === shown && shown;
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  function open(talk) {
    left = shown || left;
    shown = talk;
    changes += 1;
    seen = 0;
    document.dispatchEvent(new CustomEvent("pincite:close"));
    type("#pc-opening", `${talk} ${changes}`);
    mark();
    document.documentElement.classList.remove("pc-side-shown");
    if (!talk) type("#pc-box", "")?.focus();
  }

  /* The id of what is kept stands in each of its replies. */
  function kept() {
    const reply = one("#pc-talk .pc-reply[id^='talk-']");
    const talk = reply ? reply.id.replace(/^talk-/, "").replace(/-[0-9]+$/, "") : "";
    if (!talk || talk === shown || talk === left) return;
    shown = talk;
    history.replaceState(null, "", address(talk));
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".pc-talk-link, #pc-new");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const talk = new URL(link.href).searchParams.get("talk") ?? "";
    history.pushState(null, "", address(talk));
    dispatchEvent(new Event("hashchange"));
    open(talk);
  });

  addEventListener("popstate", () => {
    const talk = new URLSearchParams(location.search).get("talk") ?? "";
    if (talk !== shown) open(talk);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#pc-side-open");
    const root = document.documentElement;
    if (button) {
      const is = root.classList.toggle("pc-side-shown");
      button.setAttribute("aria-expanded", String(is));
      if (is) one("#pc-new").focus();
    } else if (root.classList.contains("pc-side-shown") && !event.target.closest?.("#pc-side")) {
      root.classList.remove("pc-side-shown");
      one("#pc-side-open")?.setAttribute("aria-expanded", "false");
    }
    for (const menu of document.querySelectorAll(".pc-menu[open], #pc-picker[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.(".pc-menu[open], #pc-picker[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    document.documentElement.classList.remove("pc-side-shown");
  });

  document.addEventListener("pc-put", (event) => {
    if (event.target.id !== "pc-talks") return;
    mark();
    const gone = shown && one("#pc-gone")?.dataset.talk === shown && one("#pc-talk .pc-reply[id]");
    if (gone && !one("#pc-talk .pc-stage")) {
      history.replaceState(null, "", address(""));
      open("");
    }
  });

  /* Deleting takes two presses, a double click is one; and a menu closes when what it is for is done. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".pc-delete[data-sure]");
    if (!button || button.textContent === button.dataset.sure) {
      if (button && event.detail > 1) event.preventDefault();
      return;
    }
    event.preventDefault();
    button.textContent = button.dataset.sure;
    say("Press again to delete the conversation for good.");
  });

  document.addEventListener(
    "toggle",
    (event) => {
      const button = event.target.matches?.(".pc-menu:not([open])") && event.target.querySelector(".pc-delete");
      if (button) button.textContent = "Delete";
    },
    true,
  );

  document.addEventListener("submit", (event) => {
    const menu = event.target.closest?.(".pc-menu");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".pc-skip")) return;
    event.preventDefault();
    if (document.documentElement.dataset.view !== "chat") {
      location.hash = "chat";
      dispatchEvent(new Event("hashchange"));
    }
    one("#pc-box textarea")?.focus();
  });

  async function copy(text, told) {
    try {
      await navigator.clipboard.writeText(text);
      say(told);
    } catch {
      say("The browser does not let this page copy. Select the words and copy them.");
    }
  }

  document.addEventListener("pincite:copy", (event) => copy(event.detail.text, event.detail.told));

  /* --- what is thought of an answer */

  function press(reply, kind) {
    for (const act of reply.querySelectorAll(".pc-act"))
      act.setAttribute("aria-pressed", String(act.classList.contains(`pc-${kind}`)));
  }

  const isPressed = (reply, kind) => reply.querySelector(`.pc-act.pc-${kind}`)?.getAttribute("aria-pressed") === "true";

  async function tell(reply, kind, fields = {}) {
    const [, talk, turn] = reply.id.match(/^talk-(.+)-([0-9]+)$/) ?? [];
    if (!talk) return false;
    const taken = isPressed(reply, kind) && kind !== "corrected";
    const body = new URLSearchParams({ turn, kind: taken ? "none" : kind, ...fields });
    const url = new URL(`/talk/${talk}/feedback`, location.origin);
    const collection = new URLSearchParams(location.search).get("collection");
    if (collection) url.searchParams.set("collection", collection);
    let response;
    try {
      response = await fetch(url, { method: "POST", body });
    } catch {
      say("Pincite does not answer. Is the program still running?");
      return false;
    }
    const told = (await response.text()).trim();
    say(told);
    if (response.status === 409) press(reply, "corrected"); // by another page perhaps
    if (!response.ok) return false;
    press(reply, body.get("kind"));
    return true;
  }

  document.addEventListener("pincite:correct", (event) => tell(event.detail.reply, "corrected", event.detail.fields));

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#pc-talk button");
    const reply = button?.closest(".pc-reply");
    if (!reply) return;
    if (button.matches(".pc-edit")) {
      const box = type("#pc-box", reply.querySelector(".pc-searched q").textContent);
      box?.focus();
    } else if (button.matches(".pc-copy")) {
      copy(asText(reply), "The answer is copied, with its sources.");
    } else if (button.matches(".pc-act.pc-corrected") && isPressed(reply, "corrected")) {
      tell(reply, "none");
    } else if (button.matches(".pc-act.pc-corrected")) {
      document.dispatchEvent(new CustomEvent("pincite:select", { detail: { reply, button } }));
    } else if (button.matches(".pc-act")) {
      const kind = ["right", "wrong", "unanswerable", "open"].find((name) => button.classList.contains(`pc-${name}`));
      if (kind) tell(reply, kind);
    }
  });

  document.addEventListener("click", (event) => {
    const share = event.target.closest?.(".pc-share");
    if (share) copy(new URL(share.value, location.origin).href, "The link is copied. It works on this machine.");
  });

  /* An answer with its sources as lines of text. */
  function asText(reply) {
    const answer = reply.querySelector(".pc-answer")?.cloneNode(true);
    if (!answer) return reply.querySelector(".pc-silent")?.textContent ?? "";
    for (const chip of answer.querySelectorAll(".pc-chip")) chip.textContent = `[${chip.textContent}]`;
    const sources = [...reply.querySelectorAll(".pc-sources > .pc-card")].map((card) => {
      const part = (selector) => card.querySelector(selector)?.textContent ?? "";
      return `[${part(".pc-number")}] “${part("mark")}” ${part(".pc-title")}, ${part(".pc-place")}`;
    });
    const short = reply.querySelector(".pc-short")?.textContent.trim();
    return [...(short ? [short, ""] : []), answer.textContent.trim(), "", ...sources].join("\n");
  }

  /* --- what arrives */

  let seen = 0;

  function arrived() {
    // Gradio labels each message with its source, which is markup here; unlabelled, its words are read.
    for (const message of document.querySelectorAll("#pc-talk [data-testid][aria-label*='message']"))
      message.removeAttribute("aria-label");
    for (const act of document.querySelectorAll("#pc-talk .pc-act:not([aria-pressed])"))
      act.setAttribute("aria-pressed", String(act.classList.contains("pc-given")));
    const turns = document.querySelectorAll("#pc-talk .pc-question, #pc-talk .pc-reply");
    if (turns.length === seen) return;
    if (turns.length > seen) {
      const questions = document.querySelectorAll("#pc-talk .pc-question");
      if (questions.length) scroll(questions[questions.length - 1], "start");
      if (turns[turns.length - 1].matches(".pc-reply")) {
        returnFocus();
        kept();
        listed();
      }
    }
    seen = turns.length;
  }

  new MutationObserver(arrived).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["aria-label"],
  });

  document.addEventListener("DOMContentLoaded", listed);
})();
