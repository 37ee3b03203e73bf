// Shows what the server says is hot. The server compares and counts; here is only drawn.

const SILENCE_MILLIS = 5_000;
const COME_AGAIN_MILLIS = 5_000;
const STALE_LEADER_MILLIS = 5_000;
const MOVE_MILLIS = 250;

const byId = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

let latest = null;
let paused = false;
let heardAt = performance.now();

function connect() {
  const stream = new EventSource("live");
  stream.onmessage = (message) => {
    latest = JSON.parse(message.data);
    heardAt = performance.now();
    requestAnimationFrame(draw);
  };
  stream.onerror = () => {
    lost();
    if (stream.readyState === EventSource.CLOSED) { // it was answered with an error: there are too many of us, perhaps
      setTimeout(connect, COME_AGAIN_MILLIS);
    }
  };
}

function draw() {
  if (document.body.classList.contains("stale")) {
    document.body.classList.remove("stale");
    drawReplica(latest.replica);
  }
  if (!paused) {
    drawAll();
  }
}

function drawAll() {
  setText(byId("now"), latest.now === null ? "not known yet" : `${moment.format(new Date(latest.now))} UTC`);
  setText(byId("span"), Math.round((latest.comparedWithMillis ?? 0) / 1000));
  drawReplica(latest.replica);
  latest.signals.forEach(drawRanking);
}

function lost() {
  document.body.classList.add("stale");
  tell("lost", "stop", "The connection to the server is lost; it is tried again. What is shown is the last that came.");
}

/** Whoever listens to the page hears when things have changed, and not each number. */
function tell(what, tone, text) {
  const box = byId("replica").parentElement;
  box.dataset.tone = tone;
  setText(byId("replica"), text);
  if (box.dataset.what !== what) {
    box.dataset.what = what;
    setText(byId("spoken"), text);
  }
}

/** What is not known is null, and is not taken for nothing. */
function drawReplica({ phase, appliedEvents, behindEvents, heardMillisAgo, standing }) {
  setText(byId("applied"), `${whole.format(appliedEvents)} events replayed`);
  const list = byId("standing");
  list.hidden = standing.length === 0;
  list.replaceChildren(...standing.map((cause) => Object.assign(document.createElement("li"), { textContent: cause })));
  if (phase !== "RUNNING") {
    const doing = { NEW: "not started yet", RECOVERING: "reading back what it has stored", STOPPING: "stopping", STOPPED: "stopped" };
    tell(phase, "wait", `The replica is ${doing[phase]}.`);
  } else if (standing.length > 0) {
    tell("standing", "stop", standing.length === 1 ? "A log does not move on:" : `${standing.length} logs do not move on:`);
  } else if (behindEvents === null || heardMillisAgo === null) {
    tell("unknown", "wait", "How far the replica is behind is not known: the leader has not said how far it is.");
  } else if (heardMillisAgo > STALE_LEADER_MILLIS) {
    tell("silent", "wait", `No word from the leader for ${whole.format(Math.floor(heardMillisAgo / 1000))} seconds.`);
  } else if (behindEvents > 0) {
    tell("behind", "wait", `${whole.format(behindEvents)} ${behindEvents === 1 ? "event" : "events"} behind the leader.`);
  } else {
    tell("ok", "ok", "In step with the leader.");
  }
}

function drawRanking({ signal, halfLifeSeconds, hottest }) {
  const section = byId(`signal-${signal}`) ?? newRanking(signal, halfLifeSeconds);
  const body = section.querySelector("tbody");
  const before = new Map([...body.rows].map((row) => [row.dataset.entity, { row, top: row.offsetTop }]));
  const most = Math.max(...hottest.map((hot) => hot.score), 0);
  const rows = hottest.map((hot) => drawHot(before.get(hot.entityId)?.row ?? newRow(hot), hot, most));
  if (rows.length === body.rows.length && rows.every((row, i) => row === body.rows[i])) {
    return;
  }
  body.replaceChildren(...rows);
  if (!still.matches && before.size > 0) {
    rows.forEach((row) => move(row, before.get(row.dataset.entity)?.top));
  }
}

function newRanking(signal, halfLifeSeconds) {
  const section = byId("ranking").content.firstElementChild.cloneNode(true);
  section.id = `signal-${signal}`;
  setText(section.querySelector(".signal"), signal);
  setText(section.querySelector(".half-life"), halfLifeSeconds === null ? "does not decay" : `worth half after ${duration(halfLifeSeconds)}`);
  byId("rankings").append(section);
  return section;
}

function newRow({ entityId, name }) {
  const row = byId("hot").content.firstElementChild.cloneNode(true);
  const slash = name.lastIndexOf("/") + 1;
  row.dataset.entity = entityId;
  row.querySelector(".name").title = name;
  setText(row.querySelector(".folder"), name.slice(0, slash));
  setText(row.querySelector(".base"), name.slice(slash));
  return row;
}

function drawHot(row, { rank, previousRank, score, counts }, most) {
  setText(row.querySelector(".rank"), rank);
  drawChange(row.querySelector(".change"), latest.comparedWithMillis !== null, rank, previousRank);
  setText(row.querySelector(".score"), score >= 1000 ? whole.format(score) : decimal.format(score));
  row.querySelector(".bar").style.transform = `scaleX(${most > 0 ? Math.max(0, score / most) : 0})`;
  for (const window of ["hour", "day", "week"]) {
    setText(row.querySelector(`.${window}`), whole.format(counts[window]));
  }
  return row;
}

function drawChange(cell, compared, rank, previousRank) {
  const places = previousRank === null ? 0 : previousRank - rank;
  const [to, sign, words] = !compared
    ? ["", "", "not known"]
    : previousRank === null
      ? ["new", "new", ""]
      : places > 0
        ? ["up", `▲ ${places}`, `up ${places}`]
        : places < 0
          ? ["down", `▼ ${-places}`, `down ${-places}`]
          : ["same", "–", "the same"];
  if (cell.dataset.to === to && cell.dataset.places === String(places)) {
    return;
  }
  Object.assign(cell.dataset, { to, places });
  const shown = Object.assign(document.createElement("span"), { textContent: sign });
  const spoken = Object.assign(document.createElement("span"), { textContent: words, className: "aside" });
  shown.ariaHidden = words !== "";
  cell.replaceChildren(shown, spoken);
}

/** A row glides from where it was. */
function move(row, from) {
  if (from === undefined) {
    row.animate([{ opacity: 0 }, { opacity: 1 }], MOVE_MILLIS);
  } else if (from !== row.offsetTop) {
    row.animate([{ transform: `translateY(${from - row.offsetTop}px)` }, { transform: "none" }], { duration: MOVE_MILLIS, easing: "ease-out" });
  }
}

function duration(seconds) {
  const [size, unit] = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]].find(([size]) => seconds % size === 0);
  return `${whole.format(seconds / size)} ${unit}${seconds === size ? "" : "s"}`;
}

function setText(element, text) {
  if (element.textContent !== String(text)) {
    element.textContent = text;
  }
}

byId("pause").addEventListener("click", ({ target }) => {
  paused = !paused;
  target.ariaPressed = paused;
  if (latest !== null) {
    draw();
  }
});

setInterval(() => {
  if (performance.now() - heardAt > SILENCE_MILLIS) {
    lost();
  }
}, 1_000);

connect();
