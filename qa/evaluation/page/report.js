"use strict";

/* Draws the table of questions from the data block. Text is only ever appended as text: nothing here reads markup. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const element = (id) => document.getElementById(id);
  const heads = [...document.querySelectorAll("th[data-key]")];
  const body = element("rows");
  const none = "–";
  const beyond = ">100";

  // As in shown.py: control characters, what turns the direction of text, what hides letters between letters.
  const unseen =
    /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

  function say(node, text) {
    let done = 0;
    for (const found of text.matchAll(unseen)) {
      const name = document.createElement("span");
      name.className = "unseen";
      name.dataset.name = `U+${found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
      name.append(found[0]);
      node.append(text.slice(done, found.index), name);
      done = found.index + found[0].length;
    }
    node.append(text.slice(done));
    return node;
  }

  /* An element with what is in it: strings as text, nodes as they are, nothing for null. */
  function make(name, kind, ...inside) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    for (const each of inside.flat())
      if (typeof each === "string") say(made, each);
      else if (each) made.append(each);
    return made;
  }

  /* Text from outside, which may run in either direction and keeps its own line ends. */
  function foreign(name, kind, ...inside) {
    const made = make(name, kind, ...inside);
    made.dir = "auto";
    return made;
  }

  const yes = (value) => (value ? "yes" : "no");
  const decimals = (value, digits) => (value === null || value === undefined ? none : value.toFixed(digits));
  const own = (values, name) => (Object.hasOwn(values, name) ? values[name] : undefined);

  /* What a row has in a column, and how that is shown. A rank of null is beyond 100, which sorts after any other. */
  const columns = {
    answerable: [(row) => yes(row.answerable), (row) => yes(row.answerable)],
    answered: [(row) => yes(row.answered), (row) => yes(row.answered)],
    short: [(row) => row.short || null, (row) => row.short || none],
    answers: [(row) => row.answers.join("; ") || null, (row) => row.answers.join("; ") || none],
    confidence: [(row) => row.confidence, (row) => decimals(row.confidence, 2)],
    cause: [(row) => row.cause || null, (row) => row.cause || none],
    ms: [(row) => own(row.ms, "total") ?? null, (row) => decimals(own(row.ms, "total"), 0)],
    id: [(row) => row.id, (row) => row.id],
    question: [(row) => row.question, (row) => row.question],
    rank: [
      (row, stage) => (Object.hasOwn(row.ranks, stage) ? (row.ranks[stage] ?? Infinity) : null),
      (row, stage) => (Object.hasOwn(row.ranks, stage) ? String(row.ranks[stage] ?? beyond) : none),
    ],
    score: [(row, name) => own(row.scores, name) ?? null, (row, name) => decimals(own(row.scores, name), 2)],
  };

  function column(head) {
    const [kind, ...rest] = head.dataset.key.split(":");
    const [value, shown] = columns[kind];
    const argument = rest.join(":");
    return { kind, value: (row) => value(row, argument), shown: (row) => shown(row, argument) };
  }

  const shownColumns = heads.map(column);

  /* The rows: one element each, and one more below it while it is open. */
  const entries = data.questions.map((row, number) => ({
    row,
    number,
    words: [row.id, row.question, row.short, row.best?.short ?? "", row.error, ...row.answers, ...row.tags]
      .join("\n")
      .toLowerCase(),
    line: line(row, number),
    opened: null,
  }));

  function line(row, number) {
    const made = make("tr");
    made.setAttribute("role", "row");
    shownColumns.forEach(({ kind, shown }, at) => {
      const cell = make("td", heads[at].className);
      cell.setAttribute("role", "cell");
      cell.dataset.label = heads[at].textContent;
      const text = shown(row);
      if (kind === "question") {
        const button = foreign("button", "opener", make("span", "clamped", text));
        button.type = "button";
        button.setAttribute("aria-expanded", "false");
        button.dataset.number = number;
        cell.append(button);
      } else if (kind === "short" || kind === "answers") cell.append(foreign("div", "clamped", text));
      else say(cell, text);
      if (kind === "id") cell.dir = "auto";
      if (text === none) cell.classList.add("none");
      if (kind === "answered" && row.answered !== row.answerable) cell.classList.add("poor");
      made.append(cell);
    });
    if (row.cause) made.classList.add("failed");
    return made;
  }

  /* What an open row shows. */
  function place(where) {
    const page = where.page === null ? "" : `page ${where.page}, `;
    const parts = [foreign("bdi", "title", where.title)];
    if (where.source !== where.title) parts.push(" ", foreign("bdi", "source", where.source));
    return [...parts, " ", make("span", "at", `${page}line ${where.line}`)];
  }

  /* A line end that only keeps lines short, after many characters and before a word, flows as a space does. */
  const wrap = /(?<=[^\n]{60}\n)(?=[\p{L}\p{N}])/u;

  function marked(text, marks) {
    const ends = new Set();
    let end = -1;
    for (const part of text.split(wrap)) ends.add((end += Array.from(part).length));
    const letters = Array.from(text); // marks count code points
    ends.delete(letters.length - 1);
    const made = foreign("p", "words");
    const write = (node, from, to) => {
      for (let at = from; at < to; at++) {
        if (!ends.has(at)) continue;
        say(node, letters.slice(from, at).join("")).append(make("span", "wrap", letters[at]));
        from = at + 1;
      }
      return say(node, letters.slice(from, to).join(""));
    };
    let done = 0;
    for (const [first, last] of marks) {
      write(made, done, first).append(write(make("mark"), first, last));
      done = last;
    }
    return write(made, done, letters.length);
  }

  function passage(hit) {
    const found = data.passages[hit.passage];
    const head = make("p", "where", make("span", "found-rank", String(hit.rank)), " ", place(found));
    if (hit.held) head.append(" ", make("span", "badge good", "has the words wanted"));
    if (hit.marks.length) head.append(" ", make("span", "badge", "cited"));
    return make("li", "", head, marked(found.text, hit.marks));
  }

  function passagesFound(row) {
    const list = make("ol", "passages");
    const later = [];
    for (const hit of row.hits) {
      const made = passage(hit);
      if (hit.rank > 3 && !hit.marks.length && !hit.held) {
        made.hidden = true;
        later.push(made);
      }
      list.append(made);
    }
    const section = make("section", "", make("h3", "", "Passages found"));
    for (const cited of row.citations) {
      const words = foreign("p", "words", cited.prefix, make("mark", "", cited.quote), cited.suffix);
      section.append(make("div", "cited", make("p", "where", place(cited), " ", make("span", "badge", "cited")), words));
    }
    section.append(row.hits.length ? list : make("p", "none", "No passage was reported."));
    if (later.length) {
      const more = make("button", "more", `Show ${later.length} more`);
      more.type = "button";
      more.addEventListener("click", () => {
        for (const made of later) made.hidden = false;
        const first = later[0];
        first.tabIndex = -1;
        first.focus();
        more.remove();
      });
      section.append(more);
    }
    if (row.left_out) section.append(make("p", "none", `${row.left_out} passages of a lower rank are left out here.`));
    return section;
  }

  function passagesWanted(row) {
    const section = make("section", "", make("h3", "", "Passages wanted"));
    for (const wanted of row.wanted) {
      const head = make("p", "where", foreign("bdi", "title", wanted.document));
      if (wanted.grade > 1) head.append(" ", make("span", "badge", `grade ${wanted.grade}`));
      if (wanted.lost) head.append(" ", make("span", "badge poor", "not in the store"));
      const words = wanted.quote ? marked(wanted.quote, []) : make("p", "none", "The whole document.");
      section.append(make("div", "wanted", head, words));
    }
    const missing = row.answerable
      ? "The gold file gives no evidence for this question."
      : "None: the documents do not answer this question.";
    if (!row.wanted.length) section.append(make("p", "none", missing));
    return section;
  }

  function judged(candidate) {
    const said = [];
    if (candidate.confidence !== null) said.push(`confidence ${candidate.confidence.toFixed(2)}`);
    if (candidate.right !== null) said.push(candidate.right ? "right" : "wrong");
    const words = candidate.short ? foreign("q", "", candidate.short) : make("span", "none", "nothing");
    return [words, said.length ? make("span", "muted", ` (${said.join(", ")})`) : null];
  }

  function facts(row) {
    const list = make("dl", "facts-of-row");
    const fact = (name, ...inside) => list.append(make("div", "", make("dt", "", name), foreign("dd", "", ...inside)));
    if (row.error) fact("No result", make("strong", "poor", row.error));
    if (row.cause) fact("Why it failed", make("strong", "", row.cause), `: ${own(data.causes, row.cause) ?? ""}`);
    if (row.answered) fact("Answer given", foreign("q", "", row.short), row.best ? judged(row.best)[1] : null);
    else if (row.best) fact("Best answer found, though not given", ...judged(row.best));
    if (row.answers.length) fact("Acceptable", row.answers.flatMap((each, at) => [at ? ", " : "", foreign("q", "", each)]));
    if (row.given_gold) fact("Given the right passage the reader answers", ...judged(row.given_gold));
    if (row.tags.length) fact("Tags", row.tags.flatMap((tag) => [foreign("span", "badge", tag), " "]));
    return list;
  }

  function numbers(heading, values, written) {
    const entries = Object.entries(values);
    if (!entries.length) return null;
    const pair = ([name, value]) => make("div", "", make("dt", "", name), make("dd", "", written(value)));
    return make("section", "", make("h3", "", heading), make("dl", "numbers", entries.map(pair)));
  }

  function detail(row, id) {
    const inside = make(
      "div",
      "opened",
      facts(row),
      make("div", "beside", passagesFound(row), passagesWanted(row)),
      numbers("First relevant passage at rank", row.ranks, (rank) => String(rank ?? beyond)),
      numbers("Scores", row.scores, (score) => decimals(score, 3)),
      numbers("Milliseconds", row.ms, (taken) => decimals(taken, 1)),
    );
    const cell = make("td", "", inside);
    cell.setAttribute("role", "cell");
    cell.colSpan = heads.length;
    const made = make("tr", "detail", cell);
    made.setAttribute("role", "row");
    made.id = id;
    return made;
  }

  function toggle(button) {
    const entry = entries[Number(button.dataset.number)];
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      entry.opened.remove();
      entry.opened = null;
      button.removeAttribute("aria-controls");
      return;
    }
    entry.opened = detail(entry.row, `detail-${entry.number}`);
    entry.line.after(entry.opened);
    button.setAttribute("aria-controls", entry.opened.id);
  }

  /* Which rows are shown, and in which order. */
  const order = { head: null, descending: false };

  const words = new Intl.Collator("en", { numeric: true });

  function compare(one, other) {
    if (one === null || other === null) return (one === null) - (other === null); // what is missing comes last
    const less = typeof one === "string" ? words.compare(one, other) : one === other ? 0 : one - other;
    return order.descending ? -less : less;
  }

  function sort() {
    const sorted = [...entries];
    if (order.head) {
      const { value } = shownColumns[heads.indexOf(order.head)];
      const values = new Map(entries.map((entry) => [entry, value(entry.row)]));
      sorted.sort((one, other) => compare(values.get(one), values.get(other)) || one.number - other.number);
    }
    body.append(...sorted.flatMap((entry) => (entry.opened ? [entry.line, entry.opened] : [entry.line])));
    for (const head of heads) {
      if (head === order.head) head.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    element("sort").selectedIndex = order.head ? 1 + 2 * heads.indexOf(order.head) + (order.descending ? 1 : 0) : 0;
  }

  function sortBy(head, descending) {
    order.head = head;
    order.descending = descending;
    sort();
  }

  const chosen = (id) => element(id)?.selectedIndex ?? 0;

  function wanted({ row, words }) {
    const cause = chosen("cause");
    const answerable = chosen("answerable");
    const tag = chosen("tag");
    const find = element("find").value.trim().toLowerCase();
    return (
      (cause === 0 || (cause === 1 && row.cause) || (cause === 2 && !row.cause) || data.listed[cause - 3] === row.cause) &&
      (answerable === 0 || row.answerable === (answerable === 1)) &&
      (tag === 0 || row.tags.includes(data.tags[tag - 1])) &&
      words.includes(find)
    );
  }

  function filter() {
    let count = 0;
    for (const entry of entries) {
      const there = Boolean(wanted(entry));
      entry.line.hidden = !there;
      if (entry.opened) entry.opened.hidden = !there;
      count += there;
    }
    const all = entries.length;
    element("count").textContent = `${count} of ${all} ${all === 1 ? "question" : "questions"} shown`;
    element("all").disabled = count === all;
    for (const [at, button] of causeButtons.entries()) button.setAttribute("aria-pressed", String(chosen("cause") === at + 3));
  }

  /* The causes become buttons, which choose the same as the list above the table. */
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const causeButtons = [...document.querySelectorAll("#causes li")].map((item, at) => {
    const button = make("button");
    button.type = "button";
    button.append(...item.childNodes);
    item.append(button);
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") === "true";
      element("cause").selectedIndex = pressed ? 0 : at + 3;
      filter();
      if (pressed) return;
      const heading = element("questions-heading");
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
    });
    return button;
  });

  for (const head of heads) {
    const name = head.textContent;
    head.querySelector("button").addEventListener("click", () => {
      if (order.head !== head) sortBy(head, false);
      else if (!order.descending) sortBy(head, true);
      else sortBy(null, false);
    });
    for (const way of ["ascending", "descending"]) element("sort").append(make("option", "", `${name}, ${way}`));
  }

  element("sort").addEventListener("change", () => {
    const at = chosen("sort") - 1;
    sortBy(at < 0 ? null : heads[at >> 1], at % 2 === 1);
  });
  element("filters").addEventListener("input", (event) => event.target.id !== "sort" && filter());
  element("filters").addEventListener("submit", (event) => event.preventDefault());
  element("all").addEventListener("click", () => {
    element("filters").reset();
    sort(); // the list of orders was reset with the rest, and the order stays
    filter();
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.opener");
    if (button) toggle(button);
  });

  element("filters").hidden = element("table").hidden = entries.length === 0;
  sort();
  filter();
})();
