"use strict";

/* The library's own script: files are sent one by one with their progress, and the receipts of what became of them are
   kept up to date without moving what somebody reads. Forms, links and searches are those of views.js. */
(() => {
  const AT_ONCE = 2;
  const MOST_SHOWN = 1000;
  const LISTS = ["pl-failed", "pl-going", "pl-done"];

  const byId = (id) => document.getElementById(id);
  const view = () => byId("pl-view");
  const visible = () => view() && document.documentElement.dataset.view === "library" && !document.hidden;
  const say = (sentence) => document.dispatchEvent(new CustomEvent("pincite:say", { detail: sentence }));

  function addressed(path, fields) {
    const url = new URL(path, location.origin);
    const collection = new URLSearchParams(location.search).get("collection");
    for (const [name, value] of fields) url.searchParams.set(name, value);
    if (collection) url.searchParams.set("collection", collection);
    return url;
  }

  /* Puts what changes a part of the page, and leaves the focus where it was or at what has taken its place. */
  function keepFocus(change, otherwise) {
    const held = document.activeElement;
    const id = held?.id;
    change();
    if (held && held !== document.body && !held.isConnected) (byId(id) ?? otherwise?.())?.focus({ preventScroll: true });
  }

  /* --- sending */

  const waiting = [];
  const requests = new Map(); // by the row that shows it
  const rows = new Set(); // those that the server knows nothing of

  function row(name, state, words, told = "") {
    const made = document.createElement("li");
    made.className = `pl-slip pl-is-${state}`;
    for (const [element, kind, text] of [
      ["span", "pl-state", words],
      ["bdi", "pl-name", name],
      ["span", "pl-told", told],
    ]) {
      if (!text) continue;
      const part = document.createElement(element);
      part.className = kind;
      part.textContent = text;
      made.append(part, " ");
    }
    rows.add(made);
    byId("pl-sending")?.append(made);
    return made;
  }

  function failed(shown, upload, told) {
    const instead = row(upload.name, "failed", "Failed", told);
    if (upload.file.size <= limit()) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "pl-quiet";
      again.textContent = "Try again";
      again.setAttribute("aria-label", `Try again: ${upload.name}`);
      again.addEventListener("click", () => {
        forget(instead);
        add([upload]);
      });
      instead.append(again);
    }
    if (shown) forget(shown);
  }

  function forget(shown) {
    rows.delete(shown);
    requests.delete(shown);
    shown.remove();
  }

  const limit = () => Number(view()?.dataset.limit) || Infinity;

  function add(uploads) {
    for (const upload of uploads) {
      if (upload.file.size > limit()) {
        failed(null, upload, `It is larger than ${Math.floor(limit() / 1e6)} MB: split it, or index its folder.`);
      } else waiting.push(upload);
    }
    next();
  }

  function next() {
    while (requests.size < AT_ONCE && waiting.length) send(waiting.shift());
    const left = byId("pl-left");
    if (!left) return;
    left.hidden = !requests.size;
    left.querySelector("p").textContent = `Sending, ${waiting.length.toLocaleString("en")} more to send`;
  }

  function send(upload) {
    const shown = row(upload.name, "sending", "Sending");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Sending ${upload.name}`);
    shown.append(bar);
    const request = new XMLHttpRequest();
    requests.set(shown, request);
    request.open("POST", addressed("/library/upload", [["name", upload.name]]));
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total) bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      if (!rows.has(shown)) return;
      if (request.status === 200) {
        merge(request.responseText);
        forget(shown);
      } else failed(shown, upload, request.responseText.trim() || "It did not arrive. Is the program still running?");
      next();
      soon();
    });
    request.send(upload.file);
  }

  function stopSending() {
    waiting.length = 0;
    for (const [shown, request] of [...requests]) {
      const name = shown.querySelector(".pl-name").textContent;
      forget(shown);
      request.abort();
      row(name, "stopped", "Stopped");
    }
    next();
  }

  addEventListener("beforeunload", (event) => {
    if (requests.size || waiting.length) event.preventDefault();
  });

  /* --- choosing and dropping */

  /* Of the files of a folder those that can be read; of the others it is told how many there are. */
  function readable(uploads) {
    const known = new Set((view()?.dataset.formats ?? "").split(" "));
    const left = new Map();
    const taken = uploads.filter(({ name }) => {
      const last = name.split("/").pop();
      const suffix = /\.[^.]*$/.exec(last)?.[0].toLowerCase() ?? "";
      const hidden = name.split("/").some((part) => part.startsWith("."));
      const reason = hidden ? "hidden" : known.has(suffix) ? "" : suffix || "without a suffix";
      if (reason) left.set(reason, (left.get(reason) ?? 0) + 1);
      return !reason;
    });
    const count = uploads.length - taken.length;
    if (count) {
      const kinds = [...left].sort((a, b) => b[1] - a[1]).slice(0, 8);
      const told = kinds.map(([kind, number]) => `${kind} ${number}`).join(", ");
      row(`${count.toLocaleString("en")} ${count === 1 ? "file" : "files"}`, "unchanged", "Left alone", told);
    }
    return taken;
  }

  const read = (reader) => new Promise((done, fail) => reader.readEntries(done, fail));
  const fileOf = (entry) => new Promise((done, fail) => entry.file(done, fail));

  async function below(entry, found) {
    if (entry.isFile) {
      found.push({ file: await fileOf(entry), name: entry.fullPath.replace(/^\//, "") });
      return;
    }
    const reader = entry.createReader();
    for (let some = await read(reader); some.length; some = await read(reader))
      for (const other of some) await below(other, found);
  }

  async function dropped(transfer) {
    // Both have to be asked for before anything is waited for.
    const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.());
    const files = [...transfer.files];
    if (!entries.some((entry) => entry?.isDirectory)) {
      add(files.map((file) => ({ file, name: file.name })));
      return;
    }
    for (const entry of entries) {
      const found = [];
      try {
        await below(entry, found);
      } catch {
        say(`${entry.name} could not be read to its end.`);
      }
      add(entry.isDirectory ? readable(found) : found);
    }
  }

  document.addEventListener("click", (event) => {
    const pick = event.target.closest?.("[data-pick]");
    if (pick) byId(pick.dataset.pick)?.click();
    if (event.target.closest?.("[data-cancel]")) stopSending();
  });

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("#pl-files, #pl-folder-files")) return;
    const chosen = [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
    add(input.id === "pl-files" ? chosen : readable(chosen));
    input.value = "";
  });

  const brings = (event) => visible() && event.dataTransfer?.types.includes("Files");
  const over = (shown) => byId("pl-over")?.toggleAttribute("hidden", !shown);

  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    over(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) over(false);
  });
  document.addEventListener("drop", (event) => {
    over(false);
    if (!brings(event)) return;
    event.preventDefault();
    dropped(event.dataTransfer);
  });

  /* --- receipts */

  let timer;

  function soon(after = 100) {
    clearTimeout(timer);
    timer = setTimeout(ask, after);
  }

  async function ask() {
    const state = byId("pl-state");
    if (!state) return;
    const every = Number(state.dataset.every);
    if (!visible()) {
      if (every) soon(1500);
      return;
    }
    let markup = null;
    try {
      const response = await fetch(addressed("/library/receipts", [["after", state.dataset.after]]));
      if (response.ok) markup = await response.text();
    } catch {
      // The program has ended, or is busy: it is asked again.
    }
    if (!state.isConnected) return soon();
    if (markup === null) return soon(3000);
    update(markup);
    const again = Number(byId("pl-state").dataset.every);
    if (again) soon(again);
  }

  function parsed(markup) {
    const made = document.createElement("template");
    made.innerHTML = markup;
    return made.content;
  }

  function update(markup) {
    const fresh = parsed(markup);
    const [state, news] = [byId("pl-state"), fresh.getElementById("pl-state")];
    const ended = Number(news.dataset.going) === 0 && fresh.querySelector(".pl-slip");
    for (const name of LISTS) place(name, [...fresh.getElementById(name).children]);
    const [head, instead] = [byId("pl-work-head"), fresh.getElementById("pl-work-head")];
    if (head.innerHTML !== instead.innerHTML)
      keepFocus(
        () => head.replaceChildren(...instead.childNodes),
        () => head.querySelector("button"),
      );
    Object.assign(state.dataset, news.dataset);
    if (ended && !requests.size && !waiting.length) say(head.querySelector(".pl-work-said").textContent);
    refresh();
  }

  /* A single slip: of a file that has just arrived. */
  function merge(markup) {
    place("pl-going", [...parsed(markup).children]);
  }

  /* What is under way stands in its order, what has ended with the last first; a row that is there keeps its place. */
  function place(name, slips) {
    const list = byId(name);
    if (!list) return;
    for (const slip of name === "pl-going" ? slips : slips.reverse()) {
      const known = byId(slip.id);
      keepFocus(
        () => {
          if (known?.parentElement === list) known.replaceWith(slip);
          else {
            known?.remove();
            if (name === "pl-going") list.append(slip);
            else list.prepend(slip);
          }
        },
        () => byId("pl-done"),
      );
    }
    while (list.children.length > MOST_SHOWN) list.lastElementChild.remove();
  }

  /* The list of documents, where it is another one now. */
  async function refresh() {
    const shown = byId("pl-version");
    const form = byId("pl-find");
    if (!shown || !form || shown.dataset.version === byId("pl-state").dataset.version) return;
    let markup;
    try {
      const response = await fetch(addressed("/library/list", new FormData(form)));
      if (!response.ok) return;
      markup = await response.text();
    } catch {
      return;
    }
    if (!shown.isConnected) return; // somebody has asked for another one meanwhile
    const list = byId("pl-list");
    keepFocus(
      () => (list.innerHTML = markup),
      () => list,
    );
    document.dispatchEvent(new CustomEvent("pincite:load", { detail: { from: "/status", into: ".pc-status" } }));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest?.("#pl-view")) return;
    if (form.querySelector("[data-stop]")) stopSending();
    if (form.querySelector("[data-clear]"))
      for (const shown of [...rows]) if (!requests.has(shown)) forget(shown);
    soon(300);
  });

  document.addEventListener("pc-put", (event) => {
    if (!view() || !view().parentElement.contains(event.target)) return;
    byId("pl-sending")?.append(...rows);
    next();
    const go = document.querySelector("#pl-making a.pl-go");
    if (go && go.origin === location.origin) location.assign(go.href);
    soon();
  });

  addEventListener("hashchange", () => soon());
  document.addEventListener("visibilitychange", () => soon());

  setInterval(() => {
    for (const left of document.querySelectorAll("#pl-list [data-left]")) {
      left.dataset.left = Math.max(Number(left.dataset.left) - 1, 0);
      left.textContent = `${Math.ceil(Number(left.dataset.left))} s`;
    }
  }, 1000);
})();
