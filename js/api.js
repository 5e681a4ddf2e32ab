// The only module that knows a URL: every reading and every order of the page. Used by main.js, panels/ and the pollers.
//
// Addresses stay below the page's own, so that a reverse proxy may put it under a path (Z18). Orders go by POST only (Z3),
// and bear the terms on which they are given: api.orders({key, serial, start, age, wait, page}).stopAll() (orders.js makes them).
// Every call answers {ok, status, body, failure} and never throws:
//   ok           true for 2xx
//   status       the HTTP status, 0 when no answer came
//   body         the JSON; of a failure {"error": sentence, ...} as the controller said it, or null when no answer came
//   failure      null | "refused" (the controller said no, or this page did: `held`) | "unreachable" | "timedOut" | "garbled" (not this controller's words)
//                | "gaveWay" (ended here, to leave the way to a stop)
//   reads        whether it was only asked: of a reading that failed no order is in doubt
// Only what bears the controller's mark is a refusal, or an answer to an order; a reading is known by its form (lib/replies.js).
// An order without an answer (any failure but "refused") may have been carried out: orders.js asks for it by its key.

import { isApisLog, isJournal, isStatus } from "./lib/replies.js";

const MARK = "APIS-Answered-By"; // the header of every reply of the controller, which a proxy's own does not have
const READ_TIMEOUT = 10_000; // ms
const ORDER_TIMEOUT = 15_000; // ms: an order is answered at once, whatever the units take (wait=no)
const STOP_TIMEOUT = 150_000; // ms: one that is held on its way is not called back
const WAY_FREE = 2_000; // ms that readings hold back at most after a stop was given
const ASKED = { Accept: "application/json", "APIS-Sentences": "codes" }; // what every request says: the codes of the sentences are wanted beside them

export function createApi({
  base = baseOf(globalThis.location),
  fetch = globalThis.fetch.bind(globalThis),
  readTimeout = READ_TIMEOUT,
  orderTimeout = ORDER_TIMEOUT,
  page = null,
  words = null,
  held = () => null, // why nothing but readings and stops is sent now, as a sentence; null where it is
} = {}) {
  const underWay = new Set(); // what may be ended to leave the way to a stop
  let wayFree = null; // settled when readings may go again

  /** @param is (body) → whether that is what this route answers */
  async function read(path, { is = null, marked = false } = {}) {
    await wayFree;
    return call(path, { headers: ASKED, cache: "no-store" }, { timeout: readTimeout, reads: true, marked, is });
  }

  async function post(path, parameters, { stops = false, reads = false } = {}) {
    const why = stops || reads ? null : held();
    if (why !== null) return { ok: false, status: 0, body: { error: why, sent: false }, failure: "refused", reads };
    const body = new URLSearchParams(given(parameters));
    // keepalive: a stop leaves even when the page is closed right after the press
    return call(
      path,
      { method: "POST", body, cache: "no-store", headers: ASKED, keepalive: stops },
      { timeout: stops ? STOP_TIMEOUT : orderTimeout, yields: !stops, marked: true, reads },
    );
  }

  async function call(path, options, { timeout, yields = true, marked = false, reads = false, is = null }) {
    const request = { abort: new AbortController(), gaveWay: false };
    const timer = setTimeout(() => request.abort.abort(), timeout);
    if (yields) underWay.add(request);
    try {
      const reply = await fetch(base + path, { ...options, signal: request.abort.signal, redirect: "manual" }); // a proxy that sends to a log-in page answers, and not in our words
      return { ...learned(await answerOf(reply, { marked, is })), reads };
    } catch (fault) {
      const failure = fault.name === "AbortError" ? "timedOut" : "unreachable";
      return { ...noAnswer(request.gaveWay ? "gaveWay" : failure), reads };
    } finally {
      clearTimeout(timer);
      underWay.delete(request);
    }
  }

  /** The answer without its `messages`, which the words keep: the codes and parameters of its sentences. */
  function learned(answer) {
    if (!Array.isArray(answer.body?.messages)) return answer;
    const { messages, ...body } = answer.body;
    words?.learn(messages);
    return { ...answer, body };
  }

  /** Ends all that this page has under way but stops, and lets no reading go until the stop was answered, 2 s at most (Z9). */
  function giveWay(answered = null) {
    for (const request of [...underWay]) {
      request.gaveWay = true;
      request.abort.abort();
    }
    const pause = new Promise((resolve) => setTimeout(resolve, WAY_FREE));
    wayFree = answered ? Promise.race([answered, pause]) : pause;
  }

  function orders(terms = {}) {
    const order = (path, parameters = {}, more) => post(path, { ...parameters, ...terms }, more);
    return {
      setOperationMode: ({ value, unitId, then }) => order("setOperationMode", { value, unitId, then }),
      setDcdc: (id, { mode, dvg, dig, override, overrideRules }) => order(...toConverter(id, { mode, dvg, dig, override, overrideRules })),
      confirm: (command) => order("confirm", { command }),
      stopAll: () => order("stopAll", {}, { stops: true }),
      estop: ({ name, reason } = {}) => order("estop", { name: name || null, reason: reason || null }, { stops: true }),
      estopReset: ({ name, reason }) => order("estopReset", { name, reason }),
      shutDown: (unitId) => order("shutDown", { unitId }),
      upsMode: (mode, unitId) => order(`upsMode/${one(mode)}`, { unitId }),
      setSchedule: ({ operation, unitId, value }) => order("setSchedule", { operation, unitId, value }),
      acknowledge: (unitId) => order("acknowledge", { unitId }),
      forget: ({ unitId, name, reason, confirm }) => order("forget", { unitId, name, reason, confirm }),
      resetTrips: ({ unitId, name, reason }) => order("resetTrips", { unitId, name, reason }),
      setLock: ({ unitId, name, reason }) => order("setLock", { unitId, name, reason }),
      clearLock: ({ unitId, name, reason }) => order("clearLock", { unitId, name, reason }),
      share: ({ from, to, current, voltage, minutes, wh }) => order("share", { from, to, current, voltage, minutes, wh }),
      endShare: () => order("share/end"),
    };
  }

  const one = encodeURIComponent;
  return {
    /** All that the page shows; of the frame that bears that serial and start, what changed since (frame.js). */
    frame: ({ since, start } = {}) => read(`get/frame${queryOf({ since, start, page })}`),
    /** As it was at a time (ISO 8601), from the black box; and how far that reaches. `is` from lib/pastReplies.js. */
    frameAt: (at, is) => read(`get/frame${queryOf({ at })}`, { is }),
    timeline: (is, query) => read(`timeline${queryOf(query ?? {})}`, { is }),
    status: () => read(`get/status${queryOf({ page })}`, { is: isStatus }),
    unit: (id, { urgent = false } = {}) =>
      read(inPath(id) ? `get/unit/${one(id)}${urgent ? "?urgent=true" : ""}` : `get/unit?unitId=${one(id)}${urgent ? "&urgent=true" : ""}`, {
        marked: true, // as apis-web sent it, whatever its form
      }),
    commands: (query = {}) => read(`commands${queryOf(query)}`),
    command: (id) => read(`commands/${one(id)}`),
    journal: (query = {}) => read(`journal${queryOf(query)}`, { is: isJournal }),
    /** apis-main's own log: lines, and errors counted. */
    apisLog: (query = {}) => read(`apislog${queryOf(query)}`, { is: isApisLog }),
    /** Where the same is had as CSV: an address for a link. */
    journalCsv: (query = {}) => `journal.csv${queryOf(query)}`,
    /** What was recorded, slot by slot; deals that are over; what they moved; how complete the record is. `is` from lib/recordReplies.js. */
    history: (query, is) => read(`history${queryOf(query)}`, { is }),
    ledger: (query, is) => read(`ledger${queryOf(query)}`, { is }),
    ledgerSums: (query, is) => read(`ledger/sums${queryOf(query)}`, { is }),
    coverage: (query, is) => read(`history/coverage${queryOf(query)}`, { is }),
    /** The same as CSV, and the page that shows it: addresses for links. */
    historyCsv: (query = {}) => `history.csv${queryOf(query)}`,
    ledgerCsv: (query = {}) => `ledger.csv${queryOf(query)}`,
    historyPage: (query = {}) => `history.html${queryOf(query)}`,
    /** The alarms that stand, those that were, what is out of service; `is` from lib/alarmReplies.js. The same as CSV, and a unit on the main page: addresses for links. */
    alarms: (is) => read("alarms", { is }),
    alarmHistory: (query, is) => read(`alarms/history${queryOf(query)}`, { is }),
    /** Who is told of them, and a test of one channel. */
    notifyChannels: (is) => read("notify/channels", { is }),
    /** Whether the console is set up well; `is` from lib/selfCheckReplies.js. */
    selfCheck: (is) => read("selfcheck", { is }),
    alarmServices: (is) => read("alarms/services", { is }),
    alarmsCsv: (query = {}) => `alarms/history.csv${queryOf(query)}`,
    mainPage: (query = {}) => `.${queryOf(query)}`,
    /** What a person does with alarms: it changes no rule and orders nothing of the grid. */
    acknowledgeAlarm: (id, { name, comment }) => post(`alarms/${one(id)}/acknowledge`, { name, comment }),
    shelveAlarm: (id, { hours, name, reason }) => post(`alarms/${one(id)}/shelve`, { hours, name, reason }),
    unshelveAlarm: (id) => post(`alarms/${one(id)}/unshelve`, {}),
    outOfService: ({ unitId, from, to, name, reason }) => post("alarms/outOfService", { unitId, from, to, name, reason }),
    inService: ({ unitId }) => post("alarms/inService", { unitId }),
    /** What is kept around faults and stops; `is` from lib/incidentReplies.js. Its file: an address for a link. What a person keeps and notes. */
    incidents: (query, is) => read(`incidents${queryOf(query)}`, { is }),
    incidentFile: (id) => `incidents/${one(id)}.zip`,
    keepIncident: ({ at, name, reason }) => post("incidents/keep", { at, name, reason }),
    noteIncident: (id, { text, name }) => post(`incidents/${one(id)}/note`, { text, name }),
    testChannel: ({ channel }) => post("notify/test", { channel }),

    /** Who is logged in here; what it may do for its own account, and an administrator for all. `is` from lib/accountReplies.js. */
    session: (is) => read("session", { is, marked: true }),
    logOut: () => post("logout", {}),
    sessions: (is) => read("account/sessions", { is }),
    endSession: ({ handle, others }) => post("account/sessions/end", { handle, others }),
    // What changes an account bears `own`, the own password, and `ownCode` where that is asked for.
    setOwnPassword: (given) => post("account/password", given),
    beginCodes: (given) => post("account/code/begin", given),
    confirmCodes: (given) => post("account/code/confirm", given),
    endCodes: (given) => post("account/code/end", given),
    tokens: (is) => read("account/tokens", { is }),
    makeToken: (given) => post("account/tokens/make", given),
    endToken: (given) => post("account/tokens/end", given),
    accounts: (is) => read("accounts", { is }),
    makeAccount: (given) => post("accounts/make", given),
    changeAccount: (given) => post("accounts/change", given),
    setPassword: (given) => post("accounts/password", given),
    dropCodes: (given) => post("accounts/code/end", given),
    removeAccount: (given) => post("accounts/remove", given),

    /** On a simulated cluster: what can be practised, and its pressing. */
    practice: (is) => read("practice", { is }),
    press: ({ kind }) => post("practice/press", { kind }),
    release: () => post("practice/release", {}),
    /** Where the chart library is (charts/library.js). */
    charts: { script: `${base}js/uplot.js`, styles: `${base}css/uplot.css` },
    /** The journal's own page, likewise. */
    journalPage: (query = {}) => `journal.html${queryOf(query)}`,
    /** What the rules say to an order; nothing is sent. */
    judge: (id, { mode, dvg, dig }) => post(...toConverter(id, { mode, dvg, dig, dryRun: "true" }), { reads: true }),
    flushCache: () => post("flushCache", {}, { reads: true }),
    /** Takes back an override that waits for a second person. */
    withdraw: (command) => post("withdraw", { command }),
    /** Drops what was to follow a Soft Stop. */
    clearThen: () => post("clearThen", {}),
    orders,
    giveWay,
  };
}

function toConverter(id, values) {
  return inPath(id) ? [`set/dcdc/${encodeURIComponent(id)}`, values] : ["set/dcdc", { unitId: id, ...values }];
}

/** Whether an id may be part of a path: a browser would climb at "." and "..", and proxies rewrite what is encoded there. */
function inPath(id) {
  return !/[/\\%]|^\.{1,2}$/.test(id);
}

/** The folder that the page stands in, without the name and password that its address may bear: fetch refuses those. */
export function baseOf(location) {
  if (!location) return "";
  const url = new URL(".", location.href);
  url.username = "";
  url.password = "";
  return url.href;
}

/** @param marked whether even a yes counts only with the controller's mark; `is` as for a reading */
async function answerOf(reply, { marked, is }) {
  const status = reply.status;
  const foreign = { ...noAnswer("garbled"), status }; // something between answered
  let body;
  try {
    body = await reply.json();
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    return foreign; // also for one that sends elsewhere, whose status no script sees
  }
  const told = body !== null && typeof body === "object" && "error" in body;
  const refused = !reply.ok || (told && Object.keys(body).every((key) => key === "error" || key === "messages"));
  if ((refused || marked) && !reply.headers.has(MARK)) return foreign;
  if (refused && !told) return foreign; // the controller gives a reason
  if (!refused && is !== null && !is(body)) return foreign;
  return { ok: !refused, status, body, failure: refused ? "refused" : null };
}

function noAnswer(failure) {
  return { ok: false, status: 0, body: null, failure };
}

function queryOf(query) {
  const text = new URLSearchParams(given(query)).toString();
  return text ? `?${text}` : "";
}

function given(parameters) {
  return Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
}
