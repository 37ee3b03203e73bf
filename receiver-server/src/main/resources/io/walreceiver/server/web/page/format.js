// How numbers are told. Unknown is a word of its own, never 0.

const NUMBER = new Intl.NumberFormat("en-US");
const FEW = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const SCORE = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const UNKNOWN = "unknown";

export const count = (n) => (n === null || n === undefined ? UNKNOWN : NUMBER.format(n));

/** 950, 12.3k, 4.56M */
export function short(n) {
  const steps = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const [step, unit] = steps.find(([least]) => Math.abs(n) >= least) ?? [1, ""];
  return FEW.format(n / step) + unit;
}

export function bytes(n) {
  const steps = [[2 ** 30, " GiB"], [2 ** 20, " MiB"], [2 ** 10, " KiB"]];
  const [step, unit] = steps.find(([least]) => n >= least) ?? [1, " B"];
  return FEW.format(n / step) + unit;
}

export function duration(millis) {
  if (millis === null || millis === undefined) {
    return UNKNOWN;
  }
  const s = millis / 1000;
  if (s < 1) {
    return millis === 0 ? "0 s" : `${Math.round(millis)} ms`;
  }
  if (s < 120) {
    return s < 10 ? `${s.toFixed(1)} s` : `${Math.floor(s)} s`;
  }
  return s < 7200 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

/** What is fresh is all the same, so that a grid of logs that are well stands still. */
export const age = (millis) => (millis !== null && millis < 5000 ? "< 5 s" : duration(millis));

export const score = (x) => (Math.abs(x) >= 1e6 || (x !== 0 && Math.abs(x) < 0.01) ? x.toExponential(2) : SCORE.format(x));

export const clock = (millis) => new Date(millis).toLocaleTimeString("en-GB");

/** A digest is known by its beginning. */
export const brief = (text) => text.replace(/\b([0-9a-f]{8})[0-9a-f]{24,}\b/g, "$1…");

export const plural = (n, one, many = one + "s") => `${count(n)} ${n === 1 ? one : many}`;
