// The stream of events, by fetch: an EventSource cannot send a token, and a token does not belong into an address.

const KEY = "walreceiver.token";
const SILENCE_MILLIS = 10_000;
const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 15_000;

export const hasToken = () => sessionStorage.getItem(KEY) !== null;
export const forgetToken = () => sessionStorage.removeItem(KEY);
export const keepToken = (token) => sessionStorage.setItem(KEY, token);

/** Asks the server, with the token if there is one. */
export function ask(path, options = {}) {
  const token = sessionStorage.getItem(KEY);
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  return fetch(path, { ...options, headers, credentials: "same-origin", redirect: "error" });
}

/**
 * Follows the stream for as long as the page lives.
 *
 * listener.event(name, data), listener.connected(), listener.lost(why), listener.token(): asks for one, and resolves when it is kept.
 */
export async function follow(listener) {
  let pause = FIRST_PAUSE_MILLIS;
  for (;;) {
    let why = "the server ended the stream";
    try {
      const got = await once(listener);
      if (got === "token") {
        await listener.token();
        continue;
      }
      if (got.events > 0) {
        pause = FIRST_PAUSE_MILLIS;
      }
      why = got.why ?? why;
    } catch (e) {
      why = e?.name === "AbortError" ? "nothing came for a while" : "the server cannot be reached";
    }
    listener.lost(why);
    await sleep(pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
  }
}

async function once(listener) {
  const abort = new AbortController();
  let watch = setTimeout(() => abort.abort(), SILENCE_MILLIS);
  try {
    const response = await ask("/v1/live", { signal: abort.signal });
    if (response.status === 401) {
      return "token";
    }
    if (!response.ok) {
      return { events: 0, why: `the server answers ${response.status}` };
    }
    let events = 0;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = parser((name, data) => {
      if (events++ === 0) {
        listener.connected();
      }
      listener.event(name, data);
    });
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return { events };
      }
      clearTimeout(watch);
      watch = setTimeout(() => abort.abort(), SILENCE_MILLIS);
      parse(value);
    }
  } finally {
    clearTimeout(watch);
  }
}

/** Takes pieces of a text/event-stream, in which one line holds an event's data. */
export function parser(emit) {
  let rest = "";
  let name = "message";
  let data = "";
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("event: ")) {
        name = line.slice(7);
      } else if (line.startsWith("data: ")) {
        data = line.slice(6);
      } else if (line === "") {
        if (data !== "") {
          emit(name, JSON.parse(data));
        }
        name = "message";
        data = "";
      }
    }
  };
}

const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
