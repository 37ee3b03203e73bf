// The states of a log, and how much each one calls for attention.

const TONES = {
  running: "ok",
  recovering: "info",
  behind: "wait",
  gap: "wait",
  corrupt: "wait",
  "ahead of source": "wait",
  rotten: "stop",
  "source corrupt": "stop",
  "invalid event": "stop",
  pruned: "stop",
  diverged: "stop",
  fenced: "stop",
  forbidden: "stop",
  "ledger full": "stop",
  "disk full": "stop",
  "failed(io)": "stop",
  failed: "stop",
};

const RANKS = { stop: 0, wait: 1, info: 2, ok: 3 };

/** ok, info, wait (it heals by itself, as a rule) or stop (somebody has to act). */
export const tone = (state) => TONES[state] ?? "stop";

export const rank = (state) => RANKS[tone(state)];

export const inTrouble = (log) => rank(log.state) < RANKS.info;

/** A heartbeat comes every second; what is older tells of the past. */
export const isSilent = (log, nowMillis) => log.heartbeatAt !== null && nowMillis - log.heartbeatAt > 30_000;
