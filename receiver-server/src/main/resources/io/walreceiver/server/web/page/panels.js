// What is not of one log: the first entities, what became of segments, and the sources.

import { byId, el, nameNodes, setAttribute, setText } from "./dom.js";
import { brief, clock, count, duration, plural, score, short } from "./format.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The first entities of each signal. Rows are kept by entity, and slide to their new places. */
export class Top {
  #cards = new Map();

  update(top) {
    setText(byId("top-note"), `by score, at ${clock(top.atMillis)}${top.tookMillis > 200 ? `; a scan takes ${duration(top.tookMillis)}` : ""}`);
    const signals = top.signals.filter((signal) => signal.entities.length > 0);
    for (const signal of signals) {
      if (!this.#cards.has(signal.type)) {
        this.#cards.set(signal.type, this.#card(signal));
      }
      this.#fill(this.#cards.get(signal.type), signal);
    }
    const cards = signals.map((signal) => this.#cards.get(signal.type).box);
    const box = byId("top");
    if (cards.length === 0) {
      box.replaceChildren(el("p", { className: "none panel" }, "No entity has a signal yet."));
    } else if (cards.length !== box.children.length || cards.some((card, i) => card !== box.children[i])) {
      box.replaceChildren(...cards);
    }
  }

  #card(signal) {
    const list = el("ol");
    const title = el("h3", {}, signal.signal);
    return { box: el("section", { className: "panel card", "aria-label": `Top entities by ${signal.signal}` }, title, list), list, rows: new Map() };
  }

  #fill(card, signal) {
    const most = Math.max(...signal.entities.map((entity) => Math.abs(entity.score)), Number.MIN_VALUE);
    const before = new Map();
    const moves = !calm.matches && document.visibilityState === "visible";
    const rows = signal.entities.map((entity) => {
      const row = card.rows.get(entity.entityId) ?? entityRow(entity);
      setText(row.value, score(entity.score));
      setAttribute(row.item, "title", `${entity.name ?? "entity"} (${entity.entityId}): ${plural(entity.allTime, "event")}, ${count(entity.lastHour)} in the last hour`);
      row.bar.style.transform = `scaleX(${Math.max(0, entity.score) / most})`;
      return [entity.entityId, row];
    });
    const order = rows.map(([, row]) => row.item);
    card.rows = new Map(rows);
    if (order.length === card.list.children.length && order.every((item, i) => item === card.list.children[i])) {
      return;
    }
    if (moves) {
      for (const item of card.list.children) {
        before.set(item, item.offsetTop);
      }
    }
    card.list.replaceChildren(...order);
    for (const [item, top] of before) {
      const by = item.isConnected ? top - item.offsetTop : 0;
      if (by !== 0) {
        item.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 350, easing: "ease-out" });
      }
    }
  }
}

function entityRow(entity) {
  const bar = el("span", { className: "fill" });
  const value = el("span", { className: "value" });
  const name = el("span", { className: "name" }, ...nameNodes(entity.name ?? entity.entityId));
  return { item: el("li", {}, name, value, el("span", { className: "track", "aria-hidden": "true" }, bar)), bar, value };
}

const KINDS = [
  ["applied", "Applied"],
  ["duplicate", "Duplicate"],
  ["refused", "Refused"],
  ["deferred", "Deferred"],
  ["abandoned", "Abandoned"],
  ["events", "Events applied"],
];

export function showOutcomes(outcomes) {
  const box = byId("outcomes");
  if (box.children.length === 0) {
    KINDS.forEach(([, title]) => box.append(el("div", {}, el("dt", {}, title), el("dd"))));
  }
  KINDS.forEach(([key], i) => {
    setText(box.children[i].lastChild, outcomes[key] < 1e9 ? count(outcomes[key]) : short(outcomes[key]));
    box.children[i].classList.toggle("bad", key === "refused" && outcomes[key] > 0);
  });
  const list = byId("refused");
  const newest = JSON.stringify(outcomes.lastRefused);
  if (list.dataset.newest === newest) {
    return;
  }
  list.dataset.newest = newest;
  const items = outcomes.lastRefused.map((refusal) => el("li", {}, el("time", {}, clock(refusal.atMillis)), el("span", { title: refusal.reason }, brief(refusal.reason))));
  list.replaceChildren(...(items.length === 0 ? [el("li", { className: "muted" }, "None was refused.")] : items));
}

export function showSources(sources) {
  const list = byId("sources");
  const now = JSON.stringify(sources);
  if (list.dataset.now === now) {
    return;
  }
  list.dataset.now = now;
  if (sources === null) {
    list.replaceChildren(el("li", { className: "muted" }, "Sources are shown to those who may read every log."));
    return;
  }
  const items = sources.map((source) =>
    el(
      "li",
      { "data-tone": source.state === "connected" || source.state === "listening" ? "ok" : source.state === "refused" ? "stop" : "wait" },
      el("div", {}, el("span", { className: "dot", "aria-hidden": "true" }), el("b", {}, source.address), el("span", { className: "muted" }, ` ${source.state}, ${plural(source.reconnects, "reconnect")}`)),
      el("p", {}, source.text),
    ),
  );
  list.replaceChildren(...(items.length === 0 ? [el("li", { className: "muted" }, "No source tells how it stands.")] : items));
}
