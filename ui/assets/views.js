"use strict";

/* The views of the page, and the parts of them that the server makes: what a form or a link asks for is put where it
   says, what goes on is asked for again, and what changed is spoken. */
(() => {
  const VIEWS = { chat: null, library: "/library", evaluate: "/evaluate" };
  const loaded = new Set();

  /* An address with the collection that this page is about. */
  function addressed(address) {
    const url = new URL(address, location.origin);
    const collection = new URLSearchParams(location.search).get("collection");
    if (collection && !url.searchParams.has("collection")) url.searchParams.set("collection", collection);
    return url;
  }

  function say(sentence) {
    const place = document.getElementById("pc-said");
    if (!place) return;
    place.textContent = "";
    requestAnimationFrame(() => (place.textContent = sentence));
    clearTimeout(say.timer);
    say.timer = setTimeout(() => (place.textContent = ""), 8000);
  }

  /* What the server answers; null, with its sentence spoken, where it is no part of a page. */
  async function asked(address, options) {
    let response;
    try {
      response = await fetch(addressed(address), options);
    } catch {
      say("Pincite does not answer. Is the program still running?");
      return null;
    }
    const text = await response.text();
    if (!response.ok) {
      say(text.trim() || `This could not be done (${response.status}).`);
      return null;
    }
    const said = response.headers.get("x-pincite-said");
    if (said) say(decodeURIComponent(said));
    return text;
  }

  /* Puts markup of the server into an element; who had the focus in it keeps it, with the place in what is typed. */
  function put(target, markup) {
    const held = target.contains(document.activeElement) ? document.activeElement : null;
    const [id, name, start, end] = held ? [held.id, held.name, held.selectionStart, held.selectionEnd] : [];
    // A menu that somebody has opened stays open.
    const open = [...target.querySelectorAll("[id] > details[open]")].map((details) => details.parentElement.id);
    target.innerHTML = markup;
    for (const owner of open) {
      const details = document.getElementById(owner)?.querySelector(":scope > details");
      if (details) details.open = true;
    }
    const again = id ? document.getElementById(id) : name ? target.querySelector(`[name="${CSS.escape(name)}"]`) : null;
    if (again) {
      again.focus({ preventScroll: true });
      if (typeof start === "number") again.setSelectionRange(start, end);
    } else if (held) {
      (target.querySelector("[autofocus]") ?? target).focus?.({ preventScroll: true });
    }
    target.dispatchEvent(new CustomEvent("pc-put", { bubbles: true }));
  }

  const latest = new Map(); // of each place, what was last asked for it

  async function send(address, options, into) {
    const number = (latest.get(into) ?? 0) + 1;
    latest.set(into, number);
    const markup = await asked(address, options);
    const target = document.querySelector(into);
    const overtaken = options?.method !== "POST" && number !== latest.get(into);
    if (markup !== null && target && !overtaken) put(target, markup);
    return markup !== null;
  }

  function sendForm(form, submitter) {
    const fields = new URLSearchParams(new FormData(form, submitter));
    const method = form.method.toUpperCase();
    const action = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action"), location.origin);
    if (method === "GET") {
      for (const [name, value] of fields) action.searchParams.set(name, value);
      return send(action, undefined, form.dataset.into);
    }
    return send(action, { method: "POST", body: fields }, form.dataset.into);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset?.into) return;
    event.preventDefault();
    sendForm(form, event.submitter);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-into]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    send(link.getAttribute("href"), undefined, link.dataset.into);
  });

  let typing;
  for (const kind of ["input", "change"])
    document.addEventListener(kind, (event) => {
      const field = event.target;
      if (!field.matches?.("[data-send]") || !field.form) return;
      clearTimeout(typing);
      typing = setTimeout(() => field.form?.requestSubmit(), kind === "input" ? 200 : 0);
    });

  /* What goes on is asked for again until it no longer asks for that. */
  const waiting = new WeakSet();

  function poll() {
    for (const element of document.querySelectorAll("[data-poll][data-from]")) {
      if (waiting.has(element)) continue;
      waiting.add(element);
      setTimeout(async () => {
        if (!element.isConnected) return;
        if (document.hidden || !element.checkVisibility()) return waiting.delete(element);
        const markup = await asked(element.dataset.from);
        if (markup === null) delete element.dataset.poll; // it was said why; to be asked for again by whoever looks
        waiting.delete(element);
        if (markup === null || !element.isConnected) return;
        const parent = element.parentElement;
        const held = element.contains(document.activeElement) ? document.activeElement.id : "";
        element.outerHTML = markup;
        if (held) document.getElementById(held)?.focus({ preventScroll: true });
        parent.dispatchEvent(new CustomEvent("pc-put", { bubbles: true }));
      }, Number(element.dataset.poll) || 1000);
    }
  }

  setInterval(poll, 250);

  /* One view is shown; which one stands in the address. */
  function show() {
    const wanted = location.hash.slice(1).split("/")[0];
    const view = wanted in VIEWS ? wanted : "chat";
    document.documentElement.dataset.view = view;
    for (const link of document.querySelectorAll(".pc-views a"))
      if (link.hash.slice(1) === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    for (const [name, address] of Object.entries(VIEWS)) {
      const place = document.getElementById(`pc-${name}`);
      if (!place || !address) continue;
      place.hidden = name !== view;
      if (name === view && !loaded.has(name)) {
        loaded.add(name);
        send(address, undefined, `#pc-${name}`).then((done) => done || loaded.delete(name));
      }
    }
    document.title = view === "chat" ? "Pincite" : `${view[0].toUpperCase()}${view.slice(1)} – Pincite`;
  }

  addEventListener("hashchange", show);
  document.addEventListener("DOMContentLoaded", show);
  /* A view that somebody comes back to is asked for anew, since much may have happened elsewhere. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".pc-views a");
    if (!link) return;
    loaded.delete(link.hash.slice(1));
    send("/status", undefined, ".pc-status");
  });

  document.addEventListener("pincite:load", (event) => send(event.detail.from, undefined, event.detail.into));
  document.addEventListener("pincite:say", (event) => say(event.detail));
})();
