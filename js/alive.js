// Whether this page is alive: the one judge, and who says it. A classic script in old JavaScript, loaded first, which needs no other file of
// ours: where all else fails, it still dims the figures, withdraws what was said of the grid, names the time of what is shown and what is
// wrong, and offers Stop all as a plain form. When it is over it undoes all that by itself.
//
// It is told by main.js and journal.js (below) and watches the browser itself: its clocks, uncaught faults, whether a script started.
//   alive.frame({time, start, version, began})   a frame of this controller came; `time` is the controller's, ISO 8601, and `began` when it was started, if told
//   alive.none({failure, status, why})    an answer that is none (api.js); `why` is a sentence of the controller
//   alive.drawn()                         all that was told is drawn;   alive.resting(ms)   so much longer nothing is asked on purpose
//   alive.subscribe(function (ok) {})     called now, and whenever the verdict turns
// What it sets: data-alive on the root, "yes" or "no"; data-frozen while nothing is drawn any more, so that what stands there is old.
(function () {
  var LIMIT = 5000; // ms without a frame, or without drawing one
  var STARTS = 10000; // ms within which a script of the page starts
  var JUMP = 5000; // ms by which the clocks of a browser may go apart
  var BEAT = 250; // ms between two looks
  var QUIET = 3000; // ms without a fault after which what is drawn is whole again
  var NEWS = 60000; // ms for which a new start is told
  var REMEMBERED = 100; // frames by which an old answer is known again

  var root = document.documentElement;
  var began = performance.now();
  var running = null; // since when a script of the page asks
  var last = { at: null, time: root.dataset.time || new Date(Date.now() - began).toISOString() }; // the newest frame, by our clock and by the controller's; at first the page itself
  var refusal = null; // the last answer that was none, since then
  var startOf = null; // the start of the controller that told it, and its title
  var titleOf = null;
  var starts = []; // every start that told one
  var stamps = []; // start and time of the last frames
  var restarted = null; // when another one told
  var version = null; // the controller's, where it is not the page's
  var ahead = []; // ms by which our clock was ahead, at the last frames
  var drawnAt = null;
  var undrawn = null; // when a frame came of which nothing is drawn yet
  var fault = null; // {at, text}: the last that nobody caught
  var slept = null; // since when nothing came after a sleep
  var rest = 0;
  var loaded = false;
  var ok = null;
  var said = null;
  var listeners = [];
  var looked = clocks();

  var TEXTS = {
    en: {
      lacks: "This browser is too old for this page: it lacks {what}.",
      script: "This page's script could not be loaded, or does not run in this browser.",
      style: "This page's style sheets could not be loaded: it shows what it should hide.",
      fault: "This page has a fault: {what}",
      frozen: "This page no longer draws what it is told.",
      slept: "This browser slept, or its clock was set.",
      silent: "This controller cannot be reached since {since} ({age}).",
      late: "This controller does not answer since {since} ({age}).",
      foreign: "What answers here is not this controller{what}, since {since} ({age}): a proxy, a log-in page, or another program.",
      repeated: "What answers here repeats old answers, since {since} ({age}): a cache, or a proxy.",
      other: "Another controller answers here, since {since} ({age}): {what}.",
      untold: "This controller tells nothing of the grid since {since} ({age}): {what}",
      told: "What stands here is the last that it said; orders cannot be given. Stop all can be pressed all the same.",
      shown: "What stands here is of {shown}; orders cannot be given. Stop all can be pressed all the same.",
      past: "What stands here is of the moment above, in the past. Stop all can be pressed all the same.",
      still:
        "What stands here is of {shown} and stands still; orders cannot be given. Stop all goes out all the same: at the first press, where no question comes up.",
      ahead: "This browser's clock is {age} ahead of the controller's. Times and ages here are the controller's.",
      behind: "This browser's clock is {age} behind the controller's. Times and ages here are the controller's.",
      version: "The controller is of version {what} now, this page of {own}.",
      restarted: "The controller was started anew at {since}.",
      restartedSince: "The controller has been started anew since {since}.",
      reload: "Reload",
      d: "d",
      h: "h",
      min: "min",
      s: "s",
    },
    ja: {
      lacks: "このブラウザは古いため、このページは正しく動作しません({what} がありません)。",
      script: "このページのスクリプトを読み込めないか、このブラウザでは動作しません。",
      style: "このページのスタイルシートを読み込めないため、隠すべき内容も表示されています。",
      fault: "このページで異常が発生しました: {what}",
      frozen: "このページは受信した内容を表示できていません。",
      slept: "このブラウザは休止していたか、時計が変更されました。",
      silent: "{since} から({age})Main Controller に接続できません。",
      late: "{since} から({age})Main Controller が応答しません。",
      foreign: "{since} から({age})、応答しているのは Main Controller ではありません{what}。プロキシ、ログイン画面、または別のプログラムです。",
      repeated: "{since} から({age})、古い応答が繰り返されています。キャッシュまたはプロキシの可能性があります。",
      other: "{since} から({age})、別の Main Controller が応答しています: {what}",
      untold: "{since} から({age})Main Controller はグリッドの状態を通知していません: {what}",
      told: "表示は最後に受信した内容です。操作はできません。Stop all は押すことができます。",
      shown: "表示は {shown} の内容です。操作はできません。Stop all は押すことができます。",
      past: "表示は上に示した過去の時刻のものです。Stop all は押すことができます。",
      still: "表示は {shown} のもので、更新されません。操作はできません。Stop all は送信できます(確認画面が出ない場合は、1 回押すとただちに送信されます)。",
      ahead: "このブラウザの時計は Main Controller より {age} 進んでいます。時刻と経過時間は Main Controller のものです。",
      behind: "このブラウザの時計は Main Controller より {age} 遅れています。時刻と経過時間は Main Controller のものです。",
      version: "Main Controller のバージョンは {what} になりました(このページは {own})。",
      restarted: "{since} に Main Controller が再起動しました。",
      restartedSince: "{since} 以降に Main Controller が再起動しました。",
      reload: "再読み込み",
      d: "日",
      h: "時間",
      min: "分",
      s: "秒",
    },
  };

  var STANDS = { repeated: "told", other: "told", silent: "told", late: "told", foreign: "told", untold: "told", lacks: "still", script: "still" }; // what follows, by what is wrong

  /* ---- what is told ---- */

  function frame(told) {
    var now = clocks();
    var stamp = told.start + " " + told.time;
    if (stamps.indexOf(stamp) >= 0) return none({ failure: "repeated" }); // a cache, or somebody, gives old answers again
    if (isOther(told)) return none({ failure: "other", why: told.title });
    stamps = stamps.concat(stamp).slice(-REMEMBERED);
    if (startOf !== null && told.start !== startOf)
      restarted = { at: now.mono, key: told.began ? "restarted" : "restartedSince", time: told.began || last.time };
    if (starts.indexOf(told.start) < 0) starts.push(told.start);
    startOf = told.start;
    titleOf = told.title || titleOf;
    if (told.zone) root.dataset.zone = told.zone;
    version = told.version && root.dataset.version && told.version !== root.dataset.version ? told.version : null;
    ahead = ahead.concat(now.wall - Date.parse(told.time)).slice(-3);
    last = { at: now.mono, wall: now.wall, time: told.time };
    if (undrawn === null) undrawn = now.mono;
    refusal = null;
    slept = null;
    look();
    return true;
  }

  function none(answer) {
    refusal = { failure: answer.failure, status: answer.status || 0, why: answer.why || null };
    look();
    return false;
  }

  /** Whether a new start is that of another controller: it has another title, or two of them answer in turn. */
  function isOther(told) {
    if (startOf === null || told.start === startOf) return false;
    return starts.indexOf(told.start) >= 0 || (titleOf !== null && Boolean(told.title) && told.title !== titleOf);
  }

  function drawn() {
    drawnAt = performance.now();
    undrawn = null;
    look();
  }

  function failed(text) {
    fault = { at: performance.now(), text: String(text).slice(0, 200) };
    look();
  }

  /* ---- the verdict ---- */

  /** What is wrong, the gravest first; null while all is well. */
  function verdict() {
    var now = performance.now();
    var lacks = lacking();
    if (lacks) return { key: "lacks", what: lacks, frozen: true };
    if (root.dataset.running === undefined && (loaded || now - began > STARTS)) return { key: "script", frozen: true };
    if (root.dataset.running === undefined) return null;
    if (running === null) running = now;
    if (loaded && !isStyled()) return { key: "style" };
    var age = now - (last.at === null ? running : last.at);
    if (slept !== null && now - slept <= LIMIT + rest) return { key: "slept" };
    if (slept !== null || age > LIMIT + rest) return told();
    if (fault && !(drawnAt > fault.at && now - fault.at > QUIET)) return { key: "fault", what: fault.text };
    if (undrawn !== null && now - undrawn > LIMIT) return { key: "frozen", frozen: true };
    return null;
  }

  /** Whether the style sheets came: without them the page shows what it hides. */
  function isStyled() {
    return getComputedStyle(document.getElementById("alive-said")).position === "absolute";
  }

  /** Why there is no frame, by what was answered in its place. */
  function told() {
    if (refusal === null || refusal.failure === "timedOut") return { key: "late" }; // a question is still out: whoever cannot be reached is known at once
    if (refusal.failure === "unreachable") return { key: "silent" };
    if (refusal.failure === "refused" && refusal.why) return { key: "untold", what: refusal.why };
    if (refusal.failure === "repeated") return { key: "repeated" };
    if (refusal.failure === "other") return { key: "other", what: refusal.why || "--" };
    return { key: "foreign", what: refusal.status ? " (HTTP " + refusal.status + ")" : "" };
  }

  /** What this page cannot do without, by the name of a browser's part; "" for nothing. What it needs besides, the page itself names. */
  function lacking() {
    if (!("noModule" in HTMLScriptElement.prototype)) return "<script type=module>";
    if (typeof HTMLDialogElement !== "function" || typeof HTMLDialogElement.prototype.showModal !== "function") return "<dialog>";
    if (typeof Object.hasOwn !== "function") return "Object.hasOwn";
    if (typeof Array.prototype.at !== "function") return "Array.at";
    return (
      (root.dataset.needs || "").split(" ").filter(function (name) {
        return name !== "" && !(name in globalThis);
      })[0] || ""
    );
  }

  /** A browser that sleeps stops its clocks, or one of them: what was told before it holds no more until somebody tells it anew. */
  function watchClocks() {
    var now = clocks();
    var since = last.at === null ? looked : { wall: last.wall, mono: last.at }; // one that runs slow parts from the other little by little
    var apart = Math.abs(now.wall - since.wall - (now.mono - since.mono));
    if (apart > JUMP || now.mono - looked.mono > LIMIT) {
      if (slept === null) {
        slept = now.mono;
        refusal = null; // what was answered before it is no reason of what comes after
      }
      ahead = [];
    }
    looked = now;
  }

  function clocks() {
    return { mono: performance.now(), wall: Date.now() };
  }

  /* ---- what it shows ---- */

  function look() {
    watchClocks();
    var wrong = verdict();
    var frozen = wrong !== null && (wrong.frozen === true || drawnAt === null || performance.now() - drawnAt > LIMIT);
    mark("alive", wrong === null ? "yes" : "no");
    mark("frozen", frozen ? "" : null);
    if (document.body) show(wrong);
    if (ok === (wrong === null)) return;
    ok = wrong === null;
    listeners.forEach(tell);
  }

  function tell(listener) {
    try {
      listener(ok);
    } catch (error) {
      failed(error && error.message);
    }
  }

  function mark(name, value) {
    if (value === null) delete root.dataset[name];
    else if (root.dataset[name] !== value) root.dataset[name] = value;
  }

  function show(wrong) {
    var notice = document.getElementById("alive-notice");
    if (!notice) return; // the page is not read so far
    put(notice, wrong === null ? "" : sentence(wrong));
    if (said !== (wrong && wrong.key)) {
      said = wrong && wrong.key; // ages tick, but only what is new is read out
      put(document.getElementById("alive-said"), notice.textContent);
    }
    put(document.getElementById("alive-note"), notes());
    document.getElementById("alive-reload").parentNode.hidden = version === null;
    put(document.getElementById("alive-version"), version === null ? "" : text("version", { what: version, own: root.dataset.version }));
    put(document.getElementById("alive-reload"), text("reload", {}));
    if (wrong !== null) offerPlainForms();
  }

  /** They need nothing of this page; the style sheet shows them while it is not alive. */
  function offerPlainForms() {
    [].forEach.call(document.querySelectorAll(".stop-plain button"), function (button) {
      button.disabled = false;
    });
  }

  function sentence(wrong) {
    var age = performance.now() - (last.at === null ? began : last.at);
    var shown = timeOf(Date.parse(last.time));
    return (
      text(wrong.key, { what: wrong.what || "", since: shown, age: duration(age) }) +
      " " +
      text(root.dataset.past === undefined ? STANDS[wrong.key] || "shown" : "past", { shown: shown })
    );
  }

  /** What is worth knowing and takes nothing back. */
  function notes() {
    var found = [];
    var off = lead();
    if (Math.abs(off) > JUMP) found.push(text(off > 0 ? "ahead" : "behind", { age: duration(Math.abs(off)) }));
    if (restarted && performance.now() - restarted.at < NEWS) found.push(text(restarted.key, { since: timeOf(Date.parse(restarted.time)) }));
    return found.join(" ");
  }

  /** By how many ms our clock is ahead of the controller's: the least of the last answers, for one that came late says too much. */
  function lead() {
    return ahead.reduce(function (least, one) {
      return Math.abs(one) < Math.abs(least) ? one : least;
    }, ahead[0] || 0);
  }

  /** Written when it is to say something else: what a browser's translator makes of it is let alone (H20). */
  function put(element, wanted) {
    if (element.told !== wanted) element.textContent = element.told = wanted;
    if (element.className.indexOf("banner") >= 0) element.hidden = wanted === "";
  }

  function text(key, values) {
    var texts = TEXTS[root.lang] || TEXTS.en;
    return texts[key].replace(/\{(\w+)\}/g, function (_place, name) {
      return values[name];
    });
  }

  /** A time of the controller in the site's zone, named; as ISO 8601 in UTC where this browser does not know it. */
  function timeOf(ms) {
    if (Number.isNaN(ms)) return "--";
    try {
      return timeIn(root.dataset.zone || "UTC", ms);
    } catch (error) {
      return new Date(ms).toISOString(); // a zone, or a part of the language, that this browser lacks
    }
  }

  function timeIn(zone, ms) {
    var date = new Date(ms);
    var clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone };
    return new Intl.DateTimeFormat("en-GB", clock).format(date) + " " + nameOf(zone, date);
  }

  /** As on the rest of the page (lib/zones.js): "JST" where some locale has a name, else "UTC+9". */
  function nameOf(zone, date) {
    var locales = root.lang === "ja" ? ["ja-JP"] : ["en-GB", "en-US", "en-AU", "en-NZ", "en-IN", "en-ZA", "ja-JP"];
    var names = locales.map(function (locale) {
      return new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }).formatToParts(date).filter(function (part) {
        return part.type === "timeZoneName";
      })[0].value;
    });
    var own = names.filter(function (name) {
      return !/[+-]\d/.test(name);
    });
    return (own[0] || names[0]).replace(/^GMT(?=[+-])/, "UTC");
  }

  /** "1 h 5 min": the two largest parts. */
  function duration(ms) {
    var s = Math.round(ms / 1000);
    var sizes = [86400, 3600, 60, 1];
    var names = ["d", "h", "min", "s"];
    var first = s >= 86400 ? 0 : s >= 3600 ? 1 : s >= 60 ? 2 : 3;
    return [first, first + 1]
      .filter(function (index) {
        return index < sizes.length;
      })
      .map(function (index) {
        return Math.floor((index === first ? s : s % sizes[first]) / sizes[index]) + " " + text(names[index], {});
      })
      .join(" ");
  }

  /* ---- the browser ---- */

  addEventListener("error", function (event) {
    if (/^ResizeObserver/.test(event.message || "")) return; // says that a size is told later, and harms nothing
    if (/\/alive\.js$/.test(event.filename || "")) return; // one of this script: to tell it would end in another
    failed(event.message || "?");
  });
  addEventListener("unhandledrejection", function (event) {
    failed((event.reason && event.reason.message) || event.reason);
  });
  addEventListener("load", function () {
    loaded = true;
    look();
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  document.addEventListener("DOMContentLoaded", function () {
    document.getElementById("alive-reload").addEventListener("click", function () {
      location.reload();
    });
    look();
  });
  setInterval(look, BEAT);
  globalThis.alive = {
    frame: frame,
    none: none,
    drawn: drawn,
    resting: function (ms) {
      rest = ms;
    },
    subscribe: function (listener) {
      listeners.push(listener);
      if (ok !== null) listener(ok);
    },
  };
})();
