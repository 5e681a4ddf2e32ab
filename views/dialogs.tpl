<dialog class="dialog" id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-lead">
<form method="dialog" id="confirm-form">
<h2 id="confirm-title"></h2>
<p id="confirm-lead"></p>
<section class="now" aria-labelledby="confirm-now-title"><h3 id="confirm-now-title" data-i18n="confirm.now">Live now</h3><ul id="confirm-now"></ul></section>
<ul class="rules" id="confirm-rules" hidden></ul>
<p id="confirm-reason-row" hidden><label for="confirm-reason" data-i18n="override.reason">Reason for the override (it is journaled)</label><input id="confirm-reason" maxlength="200" autocomplete="off"></p>
<p class="hint" id="confirm-note" hidden></p>
<p class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="submit" value="cancel" id="confirm-cancel" formnovalidate data-i18n="cancel">Cancel</button>
<button translate="no" type="submit" value="other" id="confirm-other" class="calm" formnovalidate hidden></button>
<button translate="no" type="submit" value="yes" id="confirm-yes" class="danger"></button></p>
</form>
</dialog>
<dialog class="dialog" id="schedule-dialog" aria-labelledby="schedule-dialog-title">
<form method="dialog" id="schedule-form">
<h2 id="schedule-dialog-title"></h2>
<p><label for="schedule-operation" data-i18n="schedule.operation">What</label>
<select autocomplete="off" translate="no" id="schedule-operation"><option value="softStop" data-i18n="operation.softStop">Soft Stop</option><option value="forceStop" data-i18n="operation.forceStop">Force Stop</option><option value="run" data-i18n="operation.run">Run</option></select></p>
<p><label for="schedule-when" data-i18n="schedule.when">When</label>
<input autocomplete="off" type="datetime-local" id="schedule-when" required step="60" aria-describedby="schedule-when-zone schedule-when-here"> <select autocomplete="off" translate="no" id="schedule-when-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="schedule-when-zone" translate="no"></span> <span class="zone" id="schedule-when-here"></span></p>
<p class="hint" id="schedule-left"></p>
<p class="latched-note" data-i18n="estop.schedules">E-stop latched: no new schedule is taken; clearing passes.</p>
<p class="outcome" id="schedule-dialog-outcome" aria-live="polite"></p>
<p class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button translate="no" type="submit" value="set" id="schedule-dialog-set" class="calm" data-i18n="set">Set</button></p>
</form>
</dialog>
<dialog class="dialog broad" id="schedules-dialog" aria-labelledby="schedules-title">
<h2 id="schedules-title" data-i18n="schedules.title">All schedules</h2>
<div class="scroller" tabindex="0" role="region" aria-labelledby="schedules-title">
<table><thead><tr><th scope="col" data-i18n="column.scope">Scope</th><th scope="col" data-i18n="column.operation">What</th><th scope="col" data-i18n="column.due">When</th><th scope="col" data-i18n="column.state">State</th><th scope="col"><span class="unseen" data-i18n="clear">Clear</span></th></tr></thead><tbody id="schedules-rows"></tbody></table>
</div>
<p class="note" id="schedules-note"></p>
<p class="hint" data-part="zone" hidden></p>
<p class="outcome" id="schedules-outcome" aria-live="polite"></p>
<form method="dialog" class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" data-i18n="close">Close</button></form>
</dialog>
<dialog class="dialog broad" id="orders-dialog" aria-labelledby="orders-title">
<h2 id="orders-title" data-i18n="orders.title">Orders of this session</h2>
<p class="hint"><span data-i18n="orders.note">Given from this page since it was opened.</span> <a href="journal.html?about=orders" data-i18n="orders.everybody">Everybody's orders stand in the journal.</a></p>
<p class="hint" data-part="zone" hidden></p>
<div class="scroller" tabindex="0" role="region" aria-labelledby="orders-title">
<table><thead><tr><th scope="col" data-i18n="column.at">Time</th><th scope="col" data-i18n="column.order">Order</th><th scope="col" data-i18n="column.state">State</th><th scope="col" data-i18n="column.outcome">Outcome</th></tr></thead><tbody id="orders-rows"></tbody></table>
</div>
<form method="dialog" class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" data-i18n="close">Close</button></form>
</dialog>
<dialog class="dialog" id="lock-dialog" aria-labelledby="lock-title" aria-describedby="lock-did">
<form method="dialog" id="lock-form">
<h2 id="lock-title"></h2>
<p class="hint" id="lock-did"></p>
<p class="lock-note figures" id="lock-bus" hidden></p>
<p><label for="lock-name" data-i18n="lock.name">Your name</label><input id="lock-name" required maxlength="80" autocomplete="name"></p>
<p class="hint means" id="lock-needs" data-level="warn" aria-live="polite" hidden></p>
<p id="lock-reason-row"><label for="lock-reason" data-i18n="lock.reason">Reason</label><input id="lock-reason" maxlength="200" autocomplete="off"></p>
<p class="latched-note" id="lock-latched" data-i18n="estop.refused" hidden>E-stop latched: this is refused until it is reset.</p>
<p class="outcome" id="lock-outcome" aria-live="polite"></p>
<p class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button translate="no" type="submit" value="set" id="lock-set" class="calm" aria-describedby="lock-needs"></button></p>
</form>
</dialog>
% include('signed.tpl', id='forget', note='forget.note', yes='forget.yes', grave=True, sure='forget.sure', latched=True)
% include('signed.tpl', id='trips', note='trips.note', yes='trips.yes', grave=False, sure=None, latched=True)
% include('estop_dialogs.tpl')
<dialog class="dialog broad" id="transfer-dialog" aria-labelledby="transfer-title">
<h2 id="transfer-title" data-i18n="transfer.title">Guided sharing</h2>
<p class="hint" data-i18n="transfer.note">The giving unit becomes the voltage reference; the current starts when the bus is stable, and ends in the safe order by itself when anything goes wrong.</p>
<form id="transfer-form" class="transfer-form">
<p><label for="transfer-from" data-i18n="transfer.from">From (gives)</label><select autocomplete="off" translate="no" id="transfer-from" required></select></p>
<p><label for="transfer-to" data-i18n="transfer.to">To (takes)</label><select autocomplete="off" translate="no" id="transfer-to" required></select></p>
<p><label for="transfer-current" data-i18n="transfer.current">Current</label><span class="measured"><input id="transfer-current" inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" aria-describedby="transfer-means" value="1.0"> <span class="unit" translate="no">A</span></span></p>
<p><label for="transfer-voltage" data-i18n="number.bus">Bus voltage</label><span class="measured"><input id="transfer-voltage" inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" aria-describedby="transfer-means"> <span class="unit" translate="no">V</span></span></p>
<p><label for="transfer-minutes" data-i18n="transfer.minutes">Ends after</label><span class="measured"><input id="transfer-minutes" inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" aria-describedby="transfer-means" value="30"> <span class="unit" translate="no">min</span></span></p>
<p><label for="transfer-wh" data-i18n="transfer.wh">or once it has carried</label><span class="measured"><input id="transfer-wh" inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" aria-describedby="transfer-means"> <span class="unit" translate="no">Wh</span></span></p>
<p class="buttons"><button translate="no" type="submit" class="danger" id="transfer-start" aria-describedby="transfer-needs" data-i18n="transfer.start">Start…</button></p>
</form>
<p class="latched-note" data-i18n="estop.refused">E-stop latched: this is refused until it is reset.</p>
<p class="hint means" id="transfer-needs" data-level="warn" aria-live="polite" hidden></p>
<p class="hint means" id="transfer-means" aria-live="polite"></p>
<p class="outcome" id="transfer-now" aria-live="polite"></p>
<ol class="steps" id="transfer-steps"></ol>
<p class="outcome" id="transfer-outcome" aria-live="polite"></p>
<div class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="button" id="transfer-end" data-i18n="transfer.end" hidden>End it safely</button><form method="dialog"><button translate="no" data-i18n="close">Close</button></form></div>
</dialog>
<dialog class="dialog details" id="details" aria-labelledby="details-title">
<h2 id="details-title" translate="no"></h2>
<p class="hint" id="details-state" translate="no"></p>
<div class="details-figure" translate="no" id="details-figure">
<p class="sun"><i class="icon sun" aria-hidden="true"></i><span class="unseen" data-i18n="details.pv">PV</span><b data-detail="pv">--</b> <small>W</small></p>
<p class="plug"><i class="icon plug" aria-hidden="true"></i><span class="unseen" data-i18n="details.utility">Utility grid</span><b data-detail="utility">--</b> <small>W</small></p>
<p class="battery"><span class="unseen" data-i18n="battery.status">Battery Status :</span><span class="cell" aria-hidden="true"><i></i></span><b data-detail="rsoc">--</b> <small>%</small></p>
<p class="person"><i class="icon person" aria-hidden="true"></i><span class="unseen" data-i18n="details.load">Consumption</span><b data-detail="load">--</b> <small>W</small></p>
</div>
<section class="happened" aria-labelledby="details-happened-title"><h3 id="details-happened-title" data-i18n="happened.title">What happened</h3><ul class="events" id="details-happened"></ul><p><a class="quiet" id="details-journal" href="journal.html" data-i18n="happened.more">Journal</a></p></section>
<section class="history" aria-labelledby="history-title"><h3 id="history-title" data-i18n="details.history">History</h3><div id="details-records"></div><p><a class="quiet" id="details-all" href="history.html" data-i18n="details.all">Ledger and more</a> <a class="quiet" id="details-ledger" href="ledger.csv" data-i18n="details.ledger">ledger (CSV)</a></p></section>
<section class="apis-log" aria-labelledby="apis-log-title"><h3 id="apis-log-title" data-i18n="apisLog.title">apis-main's log</h3>
<p class="hint" data-i18n="apisLog.evidence">What this unit's apis-main says itself. Anybody on the network can send such a line: no order rests on it.</p>
<ul class="events" id="apis-log-errors"></ul>
<p><select id="apis-log-level" autocomplete="off" translate="no" data-i18n-label="apisLog.level" aria-label="Lines shown"></select></p>
<p class="hint" id="apis-log-state"></p>
<ul class="events" id="apis-log-lines" tabindex="0" data-i18n-label="apisLog.lines" aria-label="Lines, the newest first" hidden></ul></section>
<div class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="button" id="details-card" data-i18n="details.card">Go to its panel</button><form method="dialog"><button translate="no" data-i18n="close" autofocus>Close</button></form></div>
</dialog>
<template id="card-template">
<article class="card">
<header translate="no"><h3><a class="unit-link" data-act="details" href="."><bdi class="uid"></bdi> <bdi class="uname"></bdi></a></h3><p class="state"></p><div class="second"><p class="address"></p><ul class="badges"></ul></div></header>
<p class="sentence" hidden></p>
<div class="charge"><div class="soc" role="img"><i></i></div><p class="percent" translate="no" aria-hidden="true"></p></div>
<dl class="six">
<div><dt data-i18n="figure.wg">Grid power</dt><dd translate="no"><span data-figure="wg">--</span> <small>W</small></dd></div>
<div><dt data-i18n="figure.ig">Grid current</dt><dd translate="no"><span data-figure="ig">--</span> <small>A</small></dd></div>
<div><dt data-i18n="figure.vg">Grid voltage</dt><dd translate="no"><span data-figure="vg">--</span> <small>V</small></dd></div>
<div><dt data-i18n="figure.wb">Battery power</dt><dd translate="no"><span data-figure="wb">--</span> <small>W</small></dd></div>
<div><dt data-i18n="figure.ib">Battery current</dt><dd translate="no"><span data-figure="ib">--</span> <small>A</small></dd></div>
<div><dt data-i18n="figure.vb">Battery voltage</dt><dd translate="no"><span data-figure="vb">--</span> <small>V</small></dd></div>
</dl>
<dl class="rows">
<div><dt data-i18n="battery.status">Battery Status :</dt><dd translate="no"><small data-figure="permission"></small><span data-figure="rsoc">--</span> <small>%</small></dd></div>
<div><dt data-i18n="mode.effective">Effective Mode :</dt><dd translate="no" data-figure="effective">--</dd></div>
</dl>
<p class="under-way" translate="no" hidden></p>
<div class="controls">
<form class="local" data-form="local">
<p class="row"><span class="label" data-i18n="mode.local">Local Mode :</span> <span translate="no" data-figure="local">--</span></p>
<p class="pair"><select autocomplete="off" translate="no" name="local" data-i18n-label="mode.local">
<option value="--">--</option><option value="" data-i18n="local.clear">( clear )</option><option value="heteronomous" data-i18n="mode.heteronomous">Soft Stop</option><option value="stop" data-i18n="mode.stop">Force Stop</option>
</select><button translate="no" type="submit" data-i18n="set" data-act="local">Set</button></p>
<p class="latched-note" data-i18n="estop.modes">E-stop latched: only a mode that stops is sent.</p>
</form>
<div class="schedule"><p class="row"><span class="label" data-i18n="schedule.title">Soft Stop Schedule :</span> <span translate="no" data-figure="schedule">--</span></p>
<p class="buttons"><button translate="no" type="button" data-act="schedule-set" data-i18n="schedule.set">Set…</button><button translate="no" type="button" data-act="schedule-clear" data-i18n="clear" disabled>Clear</button>
<button translate="no" type="button" data-act="shut-down" data-i18n="shutdown" disabled>Shut Down</button><button translate="no" type="button" data-act="lock" class="icon-button"><i class="icon lock" aria-hidden="true"></i><span class="unseen" data-i18n="lock.open">Lock…</span></button></p></div>
<form class="converter" data-form="converter" novalidate>
<p class="row"><span class="label" data-i18n="converter.title">DC/DC Converter Control</span> <span translate="no" data-figure="word">--</span></p>
<fieldset class="choices" translate="no"><legend class="unseen" data-i18n="converter.title">DC/DC Converter Control</legend>
<label><input autocomplete="off" type="radio" value="stopped"><span data-i18n="converter.stopped">Stopped</span></label>
<label><input autocomplete="off" type="radio" value="voltage" disabled><span data-i18n="converter.voltage">Voltage control</span></label>
<label><input autocomplete="off" type="radio" value="current" disabled><span data-i18n="converter.current">Current control</span></label>
</fieldset>
<p class="pair low"><label class="current"><span data-i18n="converter.grid">Grid current :</span> <span class="measured"><input inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" disabled> <span class="unit" translate="no">A</span></span></label>
<label class="bus"><span data-i18n="bus.voltage">Bus voltage :</span> <span class="measured"><input inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" disabled> <span class="unit" translate="no">V</span></span></label></p>
<p class="pair last"><span class="hint signs" data-i18n="sign.says">+ charges, − discharges</span>
<button translate="no" type="button" class="quiet" data-act="refresh" data-i18n="refresh">Refresh</button><button translate="no" type="submit" data-act="converter" data-i18n="set">Set</button></p>
<p class="hint means" data-part="means" hidden></p>
<p class="hint" data-part="needs" data-i18n="converter.needs">Voltage and current control need Manual.</p>
<div class="trips" data-part="trips"></div>
<ul class="rules" hidden></ul>
<p class="hint figures" data-part="headroom" hidden></p>
</form>
</div>
<ul class="outcomes" aria-live="polite"></ul>
<dl class="debug" hidden></dl>
<form class="ups" data-form="ups" hidden><p class="row"><span class="label" data-i18n="ups.mode">UPS mode :</span> <span translate="no" data-figure="ups">--</span></p><p class="pair"><select autocomplete="off" translate="no" name="ups" data-i18n-label="ups.mode"><option value="">--</option><option>0</option><option>1</option><option>2</option><option>3</option><option>4</option><option>5</option><option>6</option><option>7</option></select><button translate="no" type="submit" data-act="ups" data-i18n="set">Set</button></p></form>
</article>
</template>
