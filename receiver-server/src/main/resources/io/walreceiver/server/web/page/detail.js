// One log: why it does not move, how far it is, and what was refused or given up.

import { byId, el, setAttribute, setText } from "./dom.js";
import { brief, bytes, clock, count, duration, plural, UNKNOWN } from "./format.js";
import { tone } from "./states.js";
import { ask } from "./live.js";

const POSITIONS = [
  ["head", "Head", "what the leader has written"],
  ["received", "Received", "verified, without a hole"],
  ["written", "Written", "in the durable log's file"],
  ["durable", "Durable", "covered by an fsync"],
  ["applied", "Applied", "in the ledger: what reads see"],
  ["acknowledged", "Acknowledged", "the leader may forget it"],
];

export class Detail {
  #box = byId("detail");
  #id = null;
  #parts = null;
  #kept = { count: -1, asked: 0 };
  #onClose;

  constructor(onClose) {
    this.#onClose = onClose;
  }

  /** Begins with another log; undefined if none is selected. */
  open(log, nowMillis) {
    this.#id = log?.log ?? null;
    document.body.classList.toggle("selected", log !== undefined);
    this.#kept = { count: -1, asked: this.#kept.asked + 1 };
    if (log === undefined) {
      this.#parts = null;
      this.#box.replaceChildren(el("p", { className: "none" }, "Select a log to see why it moves, or why it does not."));
      return;
    }
    this.#build(log);
    this.update(log, nowMillis);
  }

  update(log, nowMillis) {
    if (this.#parts === null || log === undefined || log.log !== this.#id) {
      return;
    }
    const parts = this.#parts;
    setText(parts.state, log.state);
    setAttribute(this.#box, "data-tone", tone(log.state));
    setText(parts.why, brief(log.why));
    setText(parts.next, log.next);
    parts.nextBox.hidden = log.next === "";
    this.#positions(log);
    this.#facts(log, nowMillis);
    this.#skips(log);
    this.#quarantine(log);
  }

  #build(log) {
    const close = el("button", { type: "button", className: "quiet", "aria-label": "Close the details" }, "Close");
    close.addEventListener("click", () => this.#onClose());
    const parts = {
      state: el("span"),
      why: el("p", { className: "why", role: "status" }),
      next: el("p"),
      bars: new Map(),
      facts: el("dl", { className: "facts" }),
      skips: el("div"),
      quarantine: el("div"),
    };
    parts.nextBox = el("div", { className: "next" }, el("h3", {}, "Next step"), parts.next);
    const bars = el("div", { className: "positions" });
    for (const [key, title, meaning] of POSITIONS) {
      const fill = el("span", { className: `fill f-${key}` });
      const value = el("span", { className: "value" });
      parts.bars.set(key, { fill, value });
      bars.append(
        el("div", { className: "position", title: meaning }, el("span", {}, title), el("span", { className: "track", "aria-hidden": "true" }, fill), value),
      );
    }
    parts.scale = el("p", { className: "scale" });
    this.#parts = parts;
    this.#box.replaceChildren(
      el(
        "div",
        { className: "head" },
        el("h2", {}, `Log ${log.log}`),
        el("span", { className: "badge" }, el("span", { className: "dot", "aria-hidden": "true" }), parts.state),
        close,
      ),
      el("h3", {}, "Why is it not moving?"),
      parts.why,
      parts.nextBox,
      el("h3", {}, "Positions"),
      bars,
      parts.scale,
      parts.facts,
      parts.quarantine,
      parts.skips,
    );
  }

  /** From a little before the last of them to the first: on a scale from 0 all would look the same. */
  #positions(log) {
    const known = POSITIONS.map(([key]) => log[key]).filter((value) => value !== null);
    const high = Math.max(...known);
    const low = Math.min(...known);
    const from = Math.max(0, Math.floor(low - Math.max(10, (high - low) / 3)));
    for (const [key] of POSITIONS) {
      const { fill, value } = this.#parts.bars.get(key);
      setText(value, count(log[key]));
      value.classList.toggle("unknown", log[key] === null);
      fill.style.transform = `scaleX(${log[key] === null || high === from ? 0 : (log[key] - from) / (high - from)})`;
    }
    setText(this.#parts.scale, high === 0 ? "" : `bars from event ${count(from)} to ${count(high)}`);
  }

  #facts(log, nowMillis) {
    const facts = [
      ["Behind", log.lagEvents === null ? UNKNOWN : plural(log.lagEvents, "event")],
      ["Lag", duration(log.lagMillis)],
      ["Heartbeat", log.heartbeatAt === null ? UNKNOWN : `${duration(Math.max(0, nowMillis - log.heartbeatAt))} old`],
      ["Held behind a gap", log.held === 0 ? "none" : `${plural(log.held, "segment")}, ${bytes(log.heldBytes)}`],
      ["In flight", bytes(log.inFlightBytes)],
      ["Leader's epoch", log.epoch === null ? "not fenced, or unknown" : count(log.epoch)],
    ];
    const box = this.#parts.facts;
    if (box.children.length === 0) {
      facts.forEach(([name]) => box.append(el("div", {}, el("dt", {}, name), el("dd"))));
    }
    facts.forEach(([, value], i) => setText(box.children[i].lastChild, value));
  }

  #skips(log) {
    const box = this.#parts.skips;
    if (Number(box.dataset.count ?? 0) === log.skipCount) {
      return;
    }
    box.dataset.count = log.skipCount;
    box.replaceChildren(
      el("h3", {}, `Skips, for ever on record (${count(log.skipCount)})`),
      el(
        "ul",
        { className: "records" },
        ...log.skips.map((skip) => el("li", {}, el("b", {}, `${count(skip.from)}–${count(skip.through)}`), ` ${skip.at.slice(0, 19).replace("T", " ")} UTC: `, skip.reason)),
      ),
    );
  }

  async #quarantine(log) {
    if (this.#kept.count === log.keptAside) {
      return;
    }
    this.#kept.count = log.keptAside;
    const box = this.#parts.quarantine;
    if (log.keptAside === 0) {
      box.replaceChildren();
      return;
    }
    const asked = ++this.#kept.asked;
    const title = el("h3", {}, `Quarantine (${plural(log.keptAside, "segment")} kept aside)`);
    let content;
    try {
      const response = await ask(`/v1/logs/${log.region}/${log.shard}/quarantine`);
      if (!response.ok) {
        throw new Error(`the server answers ${response.status}`);
      }
      const { kept } = await response.json();
      content = el("ul", { className: "records" }, ...kept.map(keptItem));
    } catch (e) {
      content = el("p", { className: "muted" }, `The list cannot be had: ${e.message}. The command quarantine ls shows it.`);
    }
    if (asked === this.#kept.asked) {
      box.replaceChildren(title, content);
    }
  }
}

function keptItem(kept) {
  const seen = `${plural(kept.count, "time")}, last at ${when(kept.lastSeen)}`;
  return el("li", {}, el("b", {}, `${kept.segment ?? kept.name}`), ` ${seen}${kept.bytes === undefined ? "" : `, ${bytes(kept.bytes)}`}`, el("span", { className: "cause" }, brief(kept.cause)));
}

function when(at) {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? "an unknown time" : clock(time.getTime());
}
