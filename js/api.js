// The only module that knows a URL: every reading and every order of the page. Used by main.js, panels/ and the pollers.
//
// Addresses are relative, so that a reverse proxy may put the page under a path (Z18). Orders go by POST only (Z3).
// Every call answers {ok, status, body, failure, notModified, age} and never throws:
//   ok           true for 2xx, and for 304 (then body is the very object of the last answer and notModified is true)
//   status       the HTTP status, 0 when no answer came
//   body         the JSON; of a failure {"error": sentence, ...} as the controller said it, or null when no answer came
//   failure      null | "refused" (the controller said no) | "unreachable" | "timedOut" | "garbled" (not JSON)
//   age          seconds, from X-Data-Age, or null
// An order without an answer (failure "unreachable", "timedOut", "garbled") may have been carried out: show it as unknown.

const READ_TIMEOUT = 10_000; // ms
const ORDER_TIMEOUT = 150_000; // ms: Stop all watches the units for up to its grace time before it answers (Z9)

export function createApi({ base = "", fetch = globalThis.fetch.bind(globalThis), readTimeout = READ_TIMEOUT } = {}) {
  const kept = new Map(); // path -> {etag, body}: what a 304 stands for

  async function read(path) {
    const before = kept.get(path);
    const headers = { Accept: "application/json" };
    if (before) headers["If-None-Match"] = before.etag;
    // no-store keeps the browser's own cache out of it: with If-None-Match set by hand a 304 comes through as such
    const answer = await call(path, { headers, cache: "no-store" }, readTimeout, before);
    if (answer.etag && answer.status === 200) kept.set(path, { etag: answer.etag, body: answer.body });
    return answer;
  }

  async function order(path, parameters = {}) {
    const body = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null));
    return call(path, { method: "POST", body, cache: "no-store", headers: { Accept: "application/json" } }, ORDER_TIMEOUT);
  }

  async function call(path, options, timeout, before = null) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    try {
      const reply = await fetch(base + path, { ...options, signal: abort.signal, redirect: "error" });
      return await answerOf(reply, before);
    } catch (fault) {
      return noAnswer(fault.name === "AbortError" ? "timedOut" : "unreachable");
    } finally {
      clearTimeout(timer);
    }
  }

  const one = encodeURIComponent;
  return {
    logInfo: () => read("get/logInfo"),
    deals: () => read("get/dealsInfo"),
    status: () => read("get/status"),
    schedules: () => read("schedules"),
    unit: (id, { urgent = false } = {}) => read(inPath(id) ? `get/unit/${one(id)}${urgent ? "?urgent=true" : ""}` : `get/unit?unitId=${one(id)}${urgent ? "&urgent=true" : ""}`),
    commands: (query = {}) => read(`commands${queryOf(query)}`),
    command: (id) => read(`commands/${one(id)}`),
    shareState: () => read("get/share"),
    journal: (query = {}) => read(`journal${queryOf(query)}`),

    setOperationMode: ({ value, unitId }) => order("setOperationMode", { value, unitId }),
    setBudo: (mode) => order(`set/budo/${one(mode)}`),
    setDcdc: (id, { mode, dvg, dig, dryRun, override }) => order(`set/dcdc/${one(id)}`, { mode, dvg, dig, dryRun, override }),
    stopAll: () => order("stopAll"),
    shutDown: (unitId) => order("shutDown", { unitId }),
    upsMode: (mode, unitId) => order(`upsMode/${one(mode)}`, { unitId }),
    setSchedule: ({ operation, unitId, value }) => order("setSchedule", { operation, unitId, value }),
    flushCache: () => order("flushCache"),
    acknowledge: (unitId) => order("acknowledge", { unitId }),
    forget: ({ unitId, name, reason, confirm }) => order("forget", { unitId, name, reason, confirm }),
    setLock: ({ unitId, name, reason }) => order("setLock", { unitId, name, reason }),
    clearLock: ({ unitId, name }) => order("clearLock", { unitId, name }),
    share: ({ from, to, current, voltage }) => order("share", { from, to, current, voltage }),
    endShare: () => order("share/end"),
  };
}

/** Whether an id may be part of a path: a browser would climb at "." and "..", and proxies rewrite what is encoded there. */
function inPath(id) {
  return !/[/\\%]|^\.{1,2}$/.test(id);
}

async function answerOf(reply, before) {
  const status = reply.status;
  const age = ageOf(reply.headers.get("X-Data-Age"));
  if (status === 304 && before) return { ok: true, status, body: before.body, failure: null, notModified: true, age, etag: before.etag };
  let body;
  try {
    body = await reply.json();
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    return { ...noAnswer("garbled"), status };
  }
  const refused = !reply.ok || (body !== null && typeof body === "object" && "error" in body && Object.keys(body).length === 1);
  return { ok: !refused, status, body, failure: refused ? "refused" : null, notModified: false, age, etag: reply.headers.get("ETag") };
}

function noAnswer(failure) {
  return { ok: false, status: 0, body: null, failure, notModified: false, age: null, etag: null };
}

function ageOf(header) {
  const seconds = header === null || header === "" ? NaN : Number(header);
  return Number.isFinite(seconds) ? seconds : null;
}

function queryOf(query) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null)).toString();
  return text ? `?${text}` : "";
}
