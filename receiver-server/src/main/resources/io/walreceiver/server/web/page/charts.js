// Rates over the last ten minutes.

import uPlot from "./uPlot.esm.js";
import { bytes, short } from "./format.js";
import { byId, setAttribute, setText } from "./dom.js";

const WINDOW_SECONDS = 600;
const HEIGHT = 108;
const LEAST_TOP = 10;

const PLOTS = [
  { id: "plot-events", key: "eventsPerSecond", show: (x) => `${short(x)}/s`, tick: short },
  { id: "plot-segments", key: "segmentsPerSecond", show: (x) => `${short(x)}/s`, tick: short },
  { id: "plot-flight", key: "inFlightBytes", show: bytes, tick: bytes, steps: Array.from({ length: 50 }, (_, i) => 2 ** i) },
];

export class Charts {
  #at = [];
  #columns = PLOTS.map(() => []);
  #plots = [];

  constructor() {
    new ResizeObserver(() => this.#resize()).observe(byId("main"));
    this.restyle();
  }

  /** Builds them anew, in the colours of the theme. */
  restyle() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.#plots.forEach((plot) => plot.destroy());
    this.#plots = PLOTS.map((spec, i) => {
      const box = byId(spec.id).querySelector(".canvas");
      const axis = {
        stroke: colour("--muted"),
        font: "11px system-ui, sans-serif",
        grid: { stroke: colour("--line"), width: 1 },
        ticks: { show: false },
      };
      return new uPlot(
        {
          width: Math.max(120, box.clientWidth),
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false, points: { size: 6 } },
          padding: [8, 4, 0, 0],
          scales: { y: { range: (u, min, max) => [0, Math.max(LEAST_TOP, max * 1.15)] } },
          axes: [
            { ...axis, grid: { show: false }, size: 22, space: 90, values: (u, ticks) => ticks.map(minutes) },
            { ...axis, size: 54, space: 28, ...(spec.steps ? { incrs: spec.steps } : {}), values: (u, ticks) => ticks.map(spec.tick) },
          ],
          series: [
            {},
            { stroke: colour("--accent"), width: 1.5, fill: colour("--accent-wash"), points: { show: false } },
          ],
          hooks: { setCursor: [(u) => this.#tell(i, u.cursor.idx)] },
        },
        this.#data(i),
        box,
      );
    });
  }

  add(rates) {
    const after = this.#at.at(-1) ?? 0;
    rates.atMillis.forEach((atMillis, i) => {
      const at = atMillis / 1000;
      if (at > after) {
        this.#at.push(at);
        PLOTS.forEach((spec, p) => this.#columns[p].push(rates[spec.key][i]));
      }
    });
    const old = this.#at.findIndex((at) => at > (this.#at.at(-1) ?? 0) - WINDOW_SECONDS);
    this.#at.splice(0, old);
    this.#columns.forEach((column) => column.splice(0, old));
    this.#plots.forEach((plot, i) => {
      plot.setData(this.#data(i));
      this.#tell(i, plot.cursor.idx);
    });
  }

  #data(i) {
    return [this.#at, this.#columns[i]];
  }

  /** The value under the pointer, or the last one. */
  #tell(i, index) {
    const column = this.#columns[i];
    const spec = PLOTS[i];
    const pointed = index !== null && index !== undefined && index < column.length;
    const value = pointed ? column[index] : column.at(-1);
    if (value === undefined) {
      return;
    }
    const figure = byId(spec.id);
    setText(figure.querySelector(".now"), spec.show(value) + (pointed ? ` at ${minutes(this.#at[index])}` : ""));
    setAttribute(figure.querySelector(".canvas"), "aria-hidden", "true");
  }

  #resize() {
    this.#plots.forEach((plot, i) => {
      const width = byId(PLOTS[i].id).querySelector(".canvas").clientWidth;
      if (width > 0 && width !== plot.width) {
        plot.setSize({ width, height: HEIGHT });
      }
    });
  }
}

const minutes = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB");
