// The grid of logs. A row is made once; after that only cells whose text changed are touched, of rows that are in sight (states always).
// Rows change places only when the order by state does, or now and then if they are ordered by a number: what moves under the eyes
// cannot be read.

import { byId, el, setAttribute, setText } from "./dom.js";
import { age, brief, count, duration, short } from "./format.js";
import { inTrouble, isSilent, rank, tone } from "./states.js";

const MOST_ROWS = 1000;
const MARGIN = "400px"; // of rows that are about to come into sight
const REORDER_MILLIS = 5000;

const number = (x) => (x === null ? Infinity : x); // unknown is worse than any lag

const COLUMNS = [
  { key: "state", title: "State", order: (a, b) => rank(a.state) - rank(b.state) || a.state.localeCompare(b.state) },
  { key: "log", title: "Log", order: () => 0 },
  { key: "applied", title: "Applied", number: true, text: (log) => count(log.applied), order: (a, b) => b.applied - a.applied },
  { key: "behind", title: "Behind", number: true, text: (log) => (log.lagEvents === null ? "unknown" : count(log.lagEvents)), order: (a, b) => larger(a.lagEvents, b.lagEvents) },
  { key: "lag", title: "Lag", number: true, text: (log) => duration(log.lagMillis), order: (a, b) => larger(a.lagMillis, b.lagMillis) },
  { key: "heartbeat", title: "Heartbeat", number: true, text: (log, now) => (log.heartbeatAt === null ? "unknown" : age(now - log.heartbeatAt)), order: (a, b) => larger(b.heartbeatAt, a.heartbeatAt) },
  { key: "held", title: "Held", number: true, text: (log) => (log.held === 0 ? "–" : short(log.held)), order: (a, b) => b.held - a.held },
  { key: "kept", title: "Kept aside", number: true, text: (log) => (log.keptAside === 0 ? "–" : short(log.keptAside)), order: (a, b) => b.keptAside - a.keptAside },
  { key: "why", title: "Why", text: (log) => brief(log.why) },
];

const CHIPS = [
  { key: "all", title: "All", takes: () => true },
  { key: "trouble", title: "In trouble", takes: inTrouble },
  { key: "held", title: "Held", takes: (log) => log.held > 0 },
  { key: "kept", title: "Kept aside", takes: (log) => log.keptAside > 0 },
];

export class Grid {
  #logs = new Map();
  #rows = new Map();
  #now = 0;
  #sort = { column: COLUMNS[0], reverse: false };
  #chip = "all";
  #text = "";
  #selected = null;
  #current = null;
  #shown = [];
  #ordered = "";
  #reorderedAt = 0;
  #chips = new Map();
  #inSight = new Set();
  #sight = new IntersectionObserver((entries) => this.#look(entries), { root: byId("scroll"), rootMargin: MARGIN });
  #onSelect;

  constructor(onSelect) {
    this.#onSelect = onSelect;
    this.#head();
    const filter = byId("filter");
    filter.addEventListener("input", () => {
      this.#text = filter.value.trim().toLowerCase();
      this.#order(true);
    });
    byId("rows").addEventListener("click", (event) => this.#choose(event.target.closest("tr")));
    byId("rows").addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
        event.preventDefault();
        filter.focus();
      } else if (event.key === "Escape" && event.target === filter) {
        filter.value = "";
        filter.dispatchEvent(new Event("input"));
      }
    });
  }

  /** All logs by id, those that changed, and what time it is for their heartbeats. */
  update(logs, changed, nowMillis) {
    this.#logs = logs;
    this.#now = nowMillis;
    for (const id of this.#rows.keys()) {
      if (!logs.has(id)) {
        this.#sight.unobserve(this.#rows.get(id));
        this.#inSight.delete(id);
        this.#rows.delete(id);
      }
    }
    for (const log of changed) {
      this.#fill(log);
    }
    for (const id of this.#inSight) {
      this.#age(logs.get(id));
    }
    this.#order(false);
    this.#count();
  }

  #head() {
    byId("columns").append(
      ...COLUMNS.map((column) => {
        const th = el("th", { scope: "col", className: `c-${column.key}${column.number ? " number" : ""}` });
        if (!column.order) {
          th.append(column.title);
          return th;
        }
        const button = el("button", { type: "button" }, column.title);
        button.addEventListener("click", () => {
          this.#sort = { column, reverse: this.#sort.column === column && !this.#sort.reverse };
          this.#arrows();
          this.#order(true);
        });
        th.append(button);
        return th;
      }),
    );
    this.#arrows();
    byId("chips").append(
      ...CHIPS.map((chip) => {
        const number = el("b", {}, "0");
        const button = el("button", { type: "button", className: `chip k-${chip.key}` }, chip.title, " ", number);
        button.addEventListener("click", () => {
          this.#chip = chip.key;
          this.#count();
          this.#order(true);
        });
        this.#chips.set(chip.key, { button, number });
        return button;
      }),
    );
  }

  #arrows() {
    [...byId("columns").children].forEach((th, i) => {
      if (COLUMNS[i] === this.#sort.column) {
        th.setAttribute("aria-sort", this.#sort.reverse ? "descending" : "ascending");
      } else {
        th.removeAttribute("aria-sort");
      }
    });
  }

  #count() {
    for (const chip of CHIPS) {
      const { button, number } = this.#chips.get(chip.key);
      let n = 0;
      for (const log of this.#logs.values()) {
        n += chip.takes(log) ? 1 : 0;
      }
      setText(number, count(n));
      setAttribute(button, "aria-pressed", String(this.#chip === chip.key));
      button.classList.toggle("empty", n === 0);
    }
  }

  #fill(log) {
    let row = this.#rows.get(log.log);
    if (row === undefined) {
      row = this.#make(log.log);
      this.#rows.set(log.log, row);
      this.#sight.observe(row);
    }
    setAttribute(row, "data-tone", tone(log.state));
    setText(row.cells[0].lastChild, log.state);
    if (this.#inSight.has(log.log)) {
      this.#numbers(log, row);
    }
  }

  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const id = target.dataset.log;
      const log = this.#logs.get(id);
      if (isIntersecting && log !== undefined) {
        this.#inSight.add(id);
        this.#numbers(log, target);
        this.#age(log);
      } else {
        this.#inSight.delete(id);
      }
    }
  }

  #numbers(log, row) {
    for (let i = 2; i < COLUMNS.length; i++) {
      setText(row.cells[i], COLUMNS[i].text(log, this.#now));
    }
    row.cells[3].classList.toggle("unknown", log.lagEvents === null);
    row.cells[4].classList.toggle("unknown", log.lagMillis === null);
  }

  #make(id) {
    const row = el("tr", { tabIndex: -1, "aria-selected": "false", "data-log": id });
    row.append(
      ...COLUMNS.map((column) => {
        const td = el("td", { className: `c-${column.key}${column.number ? " number" : ""}` });
        if (column.key === "state") {
          td.append(el("span", { className: "dot", "aria-hidden": "true" }), el("span"));
        } else if (column.key === "log") {
          td.append(id);
        }
        return td;
      }),
    );
    return row;
  }

  #age(log) {
    const cell = this.#rows.get(log.log).cells[5];
    setText(cell, COLUMNS[5].text(log, this.#now));
    cell.classList.toggle("unknown", log.heartbeatAt === null);
    cell.classList.toggle("silent", isSilent(log, this.#now));
  }

  /** Puts rows into their order, if it is another one; rows that are ordered by a number only now and then. */
  #order(forced) {
    const takes = CHIPS.find((chip) => chip.key === this.#chip).takes;
    const wanted = [...this.#logs.values()].filter((log) => takes(log) && this.#matches(log));
    const calm = wanted.length + this.#sort.column.key === this.#ordered;
    const byState = this.#sort.column.key === "state" || this.#sort.column.key === "log";
    if (!forced && !byState && calm && performance.now() - this.#reorderedAt < REORDER_MILLIS) {
      return;
    }
    this.#ordered = wanted.length + this.#sort.column.key;
    this.#reorderedAt = performance.now();
    const sign = this.#sort.reverse ? -1 : 1;
    wanted.sort((a, b) => sign * (this.#sort.column.order(a, b) || byName(a, b)));
    this.#place(wanted.slice(0, MOST_ROWS).map((log) => log.log), wanted.length);
  }

  #place(ids, all) {
    const more = all - ids.length;
    const nothing = this.#logs.size === 0 ? "No log has been seen yet." : "No log is like that.";
    const note = ids.length === 0 ? nothing : more > 0 ? `${count(more)} more: narrow them down with the filter.` : "";
    setText(byId("none"), note);
    byId("none").hidden = note === "";
    if (ids.length === this.#shown.length && ids.every((id, i) => id === this.#shown[i])) {
      return;
    }
    this.#shown = ids;
    const focused = document.activeElement?.closest?.("#rows tr");
    byId("rows").replaceChildren(...ids.map((id) => this.#rows.get(id)));
    if (!ids.includes(this.#current)) {
      this.#roam(ids[0] ?? null);
    }
    if (focused?.isConnected) {
      focused.focus({ preventScroll: true });
    }
  }

  #matches(log) {
    return this.#text === "" || `${log.log} ${log.state} ${log.why}`.toLowerCase().includes(this.#text);
  }

  /** One row is reached by the tab key; the arrows go on from there. */
  #roam(id) {
    const before = this.#rows.get(this.#current);
    if (before !== undefined) {
      before.tabIndex = -1;
    }
    this.#current = id;
    const row = this.#rows.get(id);
    if (row !== undefined) {
      row.tabIndex = 0;
    }
  }

  #key(event) {
    const at = this.#shown.indexOf(this.#current);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: this.#shown.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const id = this.#shown[Math.max(0, Math.min(this.#shown.length - 1, to))];
      this.#choose(this.#rows.get(id));
      this.#rows.get(id)?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#choose(this.#rows.get(this.#current));
    } else if (event.key === "Escape") {
      this.select(null);
    }
  }

  #choose(row) {
    if (row) {
      this.#roam(row.dataset.log);
      this.select(row.dataset.log);
    }
  }

  /** Shows a log's details; null for none. */
  select(id) {
    this.#rows.get(this.#selected)?.setAttribute("aria-selected", "false");
    this.#selected = id;
    this.#rows.get(id)?.setAttribute("aria-selected", "true");
    this.#onSelect(id);
  }
}

function larger(a, b) {
  const [x, y] = [number(a), number(b)];
  return x === y ? 0 : y > x ? 1 : -1;
}

function byName(a, b) {
  return a.region - b.region || a.shard - b.shard;
}
