// One poller per source: asks once per interval but only after the answer came, slower while it fails, seldom while the tab counts as hidden
// (some browsers say so of a page that is in full sight).
//
//   const poller = createPoller({ call: api.status, onAnswer: (answer) => ..., interval: 500, awake: () => false });
//   poller.start(); poller.now(); poller.stop();
// `call` is one of api.js's readings; `onAnswer` gets each answer, also failures; while `awake()` it goes on as usual in a hidden tab too. Times in ms.
// `untilNews()` tells after a good answer in how many ms the other end expects something new, null where nobody knows: it is asked for then.

const SLOWEST = 8_000;
export const SELDOM = 10_000; // between two questions of a hidden page
const AFTER_NEWS = 40; // so long after the moment at which news is expected it is there
const SOON = 100; // the shortest rest before a question for news
const LATE = 250; // news that is later than this did not come: nobody hurries for it

export function createPoller({
  call,
  onAnswer,
  interval,
  awake = () => false,
  untilNews = () => null,
  slowest = SLOWEST,
  page = globalThis.document,
  timers = globalThis,
  clock = globalThis.performance,
}) {
  let running = false;
  let timer = null;
  let asking = false;
  let again = false;
  let failures = 0;

  async function tick() {
    timer = null;
    asking = true;
    const asked = clock.now();
    let ok = false;
    try {
      const answer = await call();
      ok = answer.ok || answer.failure === "gaveWay"; // ended here to let a stop pass: no fault of the other end
      if (running) onAnswer(answer);
    } finally {
      // also after a listener that threw: its error is reported by the browser, the polling goes on
      asking = false;
      failures = ok ? 0 : failures + 1;
      const rest = restAfter(failures, clock.now() - asked, interval, slowest);
      arm(again ? 0 : rests() ? SELDOM : failures > 0 ? rest : restForNews(rest, untilNews()));
      again = false;
    }
  }

  function arm(wait) {
    if (!running || asking || timer !== null) return;
    timer = timers.setTimeout(tick, wait);
  }

  function disarm() {
    if (timer !== null) timers.clearTimeout(timer);
    timer = null;
  }

  function onVisibility() {
    disarm();
    arm(rests() ? SELDOM : 0);
  }

  function rests() {
    return isHidden(page) && !awake();
  }

  return {
    start() {
      if (running) return;
      running = true;
      page?.addEventListener("visibilitychange", onVisibility);
      arm(0);
    },
    stop() {
      running = false;
      disarm();
      page?.removeEventListener("visibilitychange", onVisibility);
    },
    /** Ask at once (after an order), or right after the answer that is under way. */
    now() {
      if (asking) again = true;
      disarm();
      arm(0);
    },
  };
}

/** How long from one question to the next after so many failures in a row: the interval, doubled each time up to the slowest. */
export function delayAfter(failures, interval, slowest = SLOWEST) {
  return Math.min(interval * 2 ** Math.min(failures, 10), Math.max(slowest, interval));
}

/** How long to rest after an answer that took so many ms: what it left of the interval, at least half; after a failure the whole delay. */
export function restAfter(failures, took, interval, slowest = SLOWEST) {
  const whole = delayAfter(failures, interval, slowest);
  return failures > 0 ? whole : Math.max(whole / 2, whole - took);
}

/** The rest, made so long that the next question comes just after news that is near: at most half as long again. */
export function restForNews(rest, news) {
  if (news === null || news < -LATE || news + AFTER_NEWS > rest * 1.5) return rest;
  return Math.max(SOON, news + AFTER_NEWS);
}

function isHidden(page) {
  return page?.visibilityState === "hidden";
}
