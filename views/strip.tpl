<header class="strip">
<h1 class="brand"><span data-i18n="brand">APIS Main Controller</span> <span class="cluster-name" id="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<span class="simulated" id="simulated" translate="no" {{'' if simulated else 'hidden'}}>SIMULATED</span>
<ul class="trust" id="trust" translate="no" aria-label="How far these figures can be trusted" data-i18n-label="trust.label">
<li id="trust-live"><span class="lamp" aria-hidden="true"></span><b>{{counts['live']}}</b> <span data-i18n="state.live">live</span></li>
<li id="trust-stale" data-level="warn" {{'' if counts['stale'] else 'hidden'}}><span class="sign" aria-hidden="true">▲</span><b>{{counts['stale']}}</b> <span data-i18n="state.stale">stale</span></li>
<li id="trust-silent" data-level="alarm" {{'' if counts['silent'] else 'hidden'}}><span class="sign" aria-hidden="true">▲</span><b>{{counts['silent']}}</b> <span data-i18n="state.silent">silent</span></li>
<li id="trust-age"><span data-i18n="trust.data">data</span> <b>{{'none yet' if status['data']['age'] is None else '%d s old' % status['data']['age']}}</b></li>
<li id="trust-master"><span data-i18n="grid.master">Grid Master</span> <b><bdi>{{grid_master or '--'}}</bdi></b></li>
<li id="trust-web"><span>apis-web</span> <b>{{'up' if status['apisWeb']['emulatorEmulator']['up'] and status['apisWeb']['budoEmulator']['up'] else 'down'}}</b></li>
<li id="trust-grid"><span data-i18n="trust.grid">grid</span> <b>{{{True: 'error', False: 'no error'}.get(status['grid']['error'], 'cannot tell')}}</b></li>
<li id="trust-alarms" class="wall-only" hidden><span data-i18n="alarm.open">Alarms</span> <b></b></li>
</ul>
<nav class="tools" aria-label="Tools" data-i18n-label="tools.label">
<button translate="no" type="button" class="quiet" id="open-orders" disabled data-needs-script><span data-i18n="orders.open">Orders</span> <span class="count" id="orders-count" hidden></span></button>
<button translate="no" type="button" class="quiet" id="open-transfer" data-i18n="transfer.open" disabled data-needs-script>Guided sharing</button>
<a class="quiet" id="open-alarms" href="alarms.html"><span data-i18n="alarm.open">Alarms</span> <span class="count" id="alarms-count" translate="no" hidden></span> <small id="alarms-away" hidden></small></a>
<a class="quiet" href="journal.html" data-i18n="journal.open">Journal</a>
<a class="quiet" href="history.html" data-i18n="history.open">History</a>
<a class="quiet controls-only" href="incidents.html" data-i18n="incident.open">Incidents</a>
<a class="quiet controls-only" id="open-past" href="?at=" data-i18n="past.open">Replay</a>
<a class="quiet" href="help.html" target="_blank" rel="noopener" data-i18n="help.title">Help</a>
<a class="quiet" id="who" href="account.html" translate="no" hidden></a>
<label class="unseen" for="language" data-i18n="language.label">Language</label>
<select autocomplete="off" translate="no" id="language" class="quiet" disabled data-needs-script><option value="en" lang="en">English</option><option value="ja" lang="ja">日本語</option></select>
<label class="unseen" for="theme" data-i18n="theme.label">Theme</label>
<select autocomplete="off" translate="no" id="theme" class="quiet" disabled data-needs-script><option value="auto" data-i18n="theme.auto">Auto</option><option value="dark" data-i18n="theme.dark">Dark</option><option value="light" data-i18n="theme.light">Light</option></select>
</nav>
</header>
<noscript><p class="banner">Readings below are those of the moment this page was loaded: reload for newer ones. Stop all works; other orders need JavaScript, or curl.</p></noscript>
% include('alive.tpl')
% include('alarm_sound.tpl')
