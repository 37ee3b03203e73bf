// Puts the page together: events come in, and are drawn once a frame.

import { byId, el, setAttribute, setText } from "./dom.js";
import { clock, count, duration, plural } from "./format.js";
import { inTrouble, isSilent } from "./states.js";
import { Charts } from "./charts.js";
import { Detail } from "./detail.js";
import { Grid } from "./grid.js";
import { follow, forgetToken, hasToken, keepToken } from "./live.js";
import { showOutcomes, showSources, Top } from "./panels.js";
import { installTheme } from "./theme.js";

const logs = new Map();
const changed = new Map();
let status = null;
let selected = null;
let ended = false;
let live = false;

const charts = new Charts();
const top = new Top();
const detail = new Detail(() => grid.select(null));
const grid = new Grid((id) => {
  selected = id;
  detail.open(logs.get(id), status?.atMillis ?? 0);
});
detail.open(undefined, 0);
installTheme(byId("theme"), () => charts.restyle());

const pending = new Map();
const DRAW = {
  status: drawStatus,
  rates: (all) => all.forEach((rates) => charts.add(rates)),
  outcomes: showOutcomes,
  top: (latest) => top.update(latest),
};

/** State is taken in at once; the page is drawn once a frame, and not at all while nobody sees it. */
function event(name, data) {
  if (name === "bye") {
    ended = true;
    return;
  }
  if (name === "status") {
    takeStatus(data);
  }
  pending.set(name, name === "rates" ? [...(pending.get(name) ?? []), data].slice(-600) : data);
  if (pending.size === 1) {
    requestAnimationFrame(draw);
  }
}

function draw() {
  performance.mark("draw");
  for (const [name, data] of pending) {
    DRAW[name]?.(data);
  }
  pending.clear();
  performance.measure("walreceiver.draw", "draw");
  performance.clearMarks("draw");
}

function takeStatus(data) {
  status = data;
  if (data.full) {
    const there = new Set(data.logs.map((log) => log.log));
    [...logs.keys()].filter((id) => !there.has(id)).forEach((id) => logs.delete(id));
  }
  for (const log of data.logs) {
    const [region, shard] = log.log.split(":").map(Number);
    const heartbeatAt = log.heartbeatAgeMillis === null ? null : data.atMillis - log.heartbeatAgeMillis;
    const taken = { ...log, region, shard, heartbeatAt };
    logs.set(log.log, taken);
    changed.set(log.log, taken);
  }
}

function drawStatus() {
  setText(byId("node"), status.node);
  setText(byId("phase"), status.phase);
  setAttribute(byId("phase"), "data-phase", status.phase);
  if (live) {
    setText(byId("connection"), `Live, ${clock(status.atMillis)}`);
  }
  setText(byId("summary"), summary());
  alarms();
  grid.update(logs, [...changed.values()].filter((log) => logs.has(log.log)), status.atMillis);
  changed.clear();
  detail.update(logs.get(selected), status.atMillis);
  showSources(status.sources);
}

/** The state of everything in a sentence. */
function summary() {
  if (status.phase === "recovering") {
    const { doneBytes, totalBytes, remainingMillis } = status.recovery ?? { doneBytes: 0, totalBytes: 0, remainingMillis: null };
    const part = totalBytes > 0 ? `${Math.floor((doneBytes / totalBytes) * 100)} % is read back` : "it has just begun";
    return `Reading back what is stored: ${part}${remainingMillis === null ? "" : `, some ${duration(remainingMillis)} to go`}.`;
  }
  if (status.phase === "stopped" || status.phase === "stopping") {
    return status.phase === "stopped" ? "The receiver has ended: nothing is followed any more." : "The receiver is stopping: what had come is applied, nothing more is taken.";
  }
  if (logs.size === 0) {
    return "No log has been seen yet.";
  }
  const all = [...logs.values()];
  const trouble = all.filter(inTrouble);
  const silent = all.filter((log) => isSilent(log, status.atMillis)).length;
  const others = all.filter((log) => !inTrouble(log));
  const unknown = others.filter((log) => log.lagEvents === null).length;
  const behind = others.reduce((sum, log) => sum + (log.lagEvents ?? 0), 0);
  const lag =
    unknown === others.length
      ? "how far they are behind is unknown"
      : behind === 0
        ? "caught up"
        : `${plural(behind, "event")} behind`;
  const rest = [unknown > 0 && unknown < others.length ? `lag unknown for ${count(unknown)}` : "", silent > 0 ? `no fresh heartbeat for ${count(silent)}` : ""].filter(Boolean);
  const tail = rest.length === 0 ? "" : `; ${rest.join(", ")}`;
  if (trouble.length === 0) {
    return `${all.length === 1 ? "The only log runs" : `All ${count(all.length)} logs run`}, ${lag}${tail}.`;
  }
  const names = trouble.slice(0, 4).map((log) => `${log.log} (${log.state})`).join(", ");
  const more = trouble.length > 4 ? ` and ${count(trouble.length - 4)} more` : "";
  return `${count(trouble.length)} of ${plural(all.length, "log")} ${trouble.length === 1 ? "does" : "do"} not move on: ${names}${more}.${others.length === 0 ? "" : ` The others: ${lag}${tail}.`}`;
}

function alarms() {
  const texts = [
    status.roomRanOut ? "Logs that stand still pin so much of maxInFlightBytes that others had to be let go: raise it, or see to those logs." : "",
    status.tooManyLogs ? "Segments were let go, as their logs would have been more than maxLogs: such logs are not shown here." : "",
  ].filter(Boolean);
  const box = byId("alarms");
  box.hidden = texts.length === 0;
  if (box.dataset.now !== texts.join()) {
    box.dataset.now = texts.join();
    box.replaceChildren(...texts.map((text) => el("li", {}, text)));
  }
}

byId("token").addEventListener("click", () => {
  forgetToken();
  location.reload();
});

function askForToken() {
  const dialog = byId("ask");
  const field = byId("ask-token");
  if (hasToken()) {
    setText(byId("ask-why"), "The server does not know that token.");
    forgetToken();
  }
  setText(byId("connection"), "Not connected: a token is needed");
  dialog.addEventListener("cancel", (cancel) => cancel.preventDefault());
  dialog.showModal();
  return new Promise((done) => {
    byId("ask-form").onsubmit = (submit) => {
      submit.preventDefault();
      keepToken(field.value.trim());
      field.value = "";
      dialog.close();
      done();
    };
  });
}

follow({
  event,
  connected() {
    ended = false;
    live = true;
    document.body.classList.remove("stale");
    byId("token").hidden = !hasToken();
  },
  lost(why) {
    live = false;
    document.body.classList.add("stale");
    const from = status === null ? "" : `, numbers are from ${clock(status.atMillis)}`;
    setText(byId("connection"), `Connection lost${from} (${ended ? "the server said good-bye" : why}); trying again`);
  },
  token: askForToken,
});
