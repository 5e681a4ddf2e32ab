<aside class="cluster" id="cluster" aria-label="Cluster" data-i18n-label="cluster.label">
<p class="wall-clock" id="wall-clock" translate="no"></p>
<p class="mode-wall" translate="no" id="mode-wall">{{mode}}</p>
<section class="block controls-only">
<h2 id="global-mode-title" data-i18n="mode.global">Global Mode :</h2>
<p class="mode" id="global-mode" translate="no">{{mode}}</p>
<p class="note" id="global-note" hidden></p>
<p class="under-way" id="global-pending" aria-live="polite" translate="no">{{'→ ' + pending if pending else ''}}</p>
<form class="pair" id="global-form">
<select autocomplete="off" translate="no" id="global-choice" aria-labelledby="global-mode-title" disabled data-needs-script>
<option value="">--</option>
<option value="autonomous" data-i18n="mode.autonomous">Run</option>
<option value="heteronomous" data-i18n="mode.heteronomous">Soft Stop</option>
<option value="stop" data-i18n="mode.stop">Force Stop</option>
<option value="manual" data-i18n="mode.manual">Manual</option>
</select>
<button translate="no" type="submit" id="global-set" data-i18n="set" disabled data-needs-script aria-describedby="global-mode-title">Set</button>
</form>
<p class="hint means" id="global-needs" data-level="warn" aria-live="polite" hidden></p>
<p class="latched-note" data-i18n="estop.modes">E-stop latched: only a mode that stops is sent.</p>
<p class="outcome" id="global-outcome" aria-live="polite"></p>
</section>
<section class="block controls-only">
<h2 id="schedule-title" data-i18n="schedule.title">Soft Stop Schedule :</h2>
<p class="figure" id="global-schedule" translate="no">--</p>
<p class="buttons"><button translate="no" type="button" id="schedule-set" data-i18n="schedule.set" disabled data-needs-script aria-describedby="schedule-title">Set…</button>
<button translate="no" type="button" id="schedule-clear" data-i18n="clear" disabled aria-describedby="schedule-title">Clear</button>
<button translate="no" type="button" class="quiet" id="open-schedules" disabled data-needs-script data-i18n="schedules.open">All…</button></p>
<p class="outcome" id="schedule-outcome" aria-live="polite"></p>
</section>
<section class="block controls-only">
<h2 data-i18n="cluster.label">Cluster</h2>
<p class="buttons"><button translate="no" type="button" id="shut-down" disabled aria-describedby="shut-down-hint" data-i18n="shutdown">Shut Down</button></p>
<p class="hint" id="shut-down-hint">Shut Down needs Manual in force.</p>
<p><label class="check"><input autocomplete="off" type="checkbox" id="debug" disabled data-needs-script> <span data-i18n="debug">debug</span></label></p>
<p class="buttons"><button translate="no" type="button" id="flush" data-i18n="flush" disabled data-needs-script>Flush cache</button>
<button translate="no" type="button" class="quiet" id="cluster-lock" data-i18n="lock.open" disabled data-needs-script>Lock…</button></p>
<form class="ups" id="ups-form" hidden><p class="row"><label class="label" for="ups-choice" data-i18n="ups.all">UPS mode of all units :</label></p><p class="pair"><select autocomplete="off" translate="no" id="ups-choice" disabled data-needs-script><option value="">--</option><option>0</option><option>1</option><option>2</option><option>3</option><option>4</option><option>5</option><option>6</option><option>7</option></select><button translate="no" type="submit" id="ups-set" data-i18n="set" disabled data-needs-script>Set</button></p></form>
<p class="lock-note" id="cluster-lock-note" hidden></p>
<ul class="outcomes" id="cluster-outcome" aria-live="polite"></ul>
</section>
<section class="stop controls-only" id="stop-block">
<form method="post" action="stopAll" id="stop-form"><button translate="no" type="submit" id="stop-all" class="stop-all" aria-describedby="stop-note" data-i18n="stopall">Stop all</button></form>
<form method="post" action="stopAll" id="stop-plain" class="stop-plain" hidden><p data-i18n="stopall.late">Stop all has no answer yet. Sent again as a plain form it needs nothing of this page; it leaves the page.</p><button translate="no" type="submit" class="danger" data-i18n="stopall.plain" disabled data-needs-script>Stop all as a plain form</button></form>
% include('estop_press.tpl')
<p id="stop-note" class="hint"><span class="long" data-i18n="stopall.note">Not an emergency stop (ISO 13850): in danger use the switch at the cabinet.</span><span class="short" data-i18n="stopall.short">Not an emergency stop: use the switch at the cabinet.</span></p>
<p class="outcome" id="stop-outcome" aria-live="assertive"></p>
</section>
<section class="block wide" id="under-way-block" hidden>
<h2 data-i18n="orders.underway">Under way</h2>
<ul class="orders" id="under-way" aria-live="polite"></ul>
</section>
<section class="block wide later" id="deals-block">
<h2 data-i18n="deals.title">Deals</h2>
<p class="note" id="deals-note" hidden></p>
<ul class="deals" id="deals">
% if status['grid']['deals'] is None:
<li class="none">Deals cannot be told.</li>
% elif not deals:
<li class="none">No deal.</li>
% end
% for deal in deals:
<li translate="no"><b><bdi>{{deal['giver']}}</bdi> → <bdi>{{deal['taker']}}</bdi></b><span class="deal-lines"><bdi>{{deal['request']}}</bdi> · requester: <bdi>{{deal['requester']}}</bdi> · responder: <bdi>{{deal['responder']}}</bdi> · <bdi>{{deal['start']}}</bdi>{{' · masterDeal' if deal['master'] else ''}}</span></li>
% end
</ul>
<p class="deals-more" id="deals-more"></p>
<p class="controls-only"><a class="quiet" href="history.html#ledger" data-i18n="deals.over">Deals that are over</a></p>
</section>
<section class="block wide" id="bus-block" hidden>
<h2 data-i18n="busfig.title">The bus</h2>
<dl class="bus-figures" id="bus-figures"></dl>
</section>
<section class="block wide later" id="events-block" hidden>
<h2 id="happened-title" data-i18n="happened.title">What happened</h2>
<p class="happened-head controls-only"><select class="quiet" translate="no" autocomplete="off" id="happened-about" disabled data-needs-script aria-label="Show" data-i18n-label="journal.about">
<option value="" data-i18n="journal.about.all">all</option>
<option value="orders" data-i18n="journal.about.orders">orders</option>
<option value="grid" data-i18n="journal.about.grid">the grid by itself</option>
<option value="deals" data-i18n="journal.about.deals">deals</option>
<option value="faults" data-i18n="journal.about.faults">faults</option>
</select> <a class="quiet" id="happened-more" href="journal.html" data-i18n="happened.more">Journal</a> <a class="quiet" href="history.html" data-i18n="history.open">History</a></p>
<ul class="events" id="events"></ul>
</section>
</aside>
