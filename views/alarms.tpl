% title = get('title', '')
% stop_here = '<button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button>'
<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Alarms · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<link rel="stylesheet" href="css/alarms.css">
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/alarms.js" type="module"></script>
</head>
<body>
% include('estop.tpl', latch=latch)
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="alarm.title">Alarms</span> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="journal.html" data-i18n="journal.open">Journal</a> <a class="quiet" href="history.html" data-i18n="history.open">History</a> <a class="quiet" href="incidents.html" data-i18n="incident.open">Incidents</a> <a class="quiet" href="selfcheck.html" data-i18n="check.open">Self-check</a> <a class="quiet" id="who" href="account.html" translate="no" hidden></a> <a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<noscript><p class="banner">Without JavaScript: <a href="alarms">what stands</a> as JSON, and <a href="alarms/history.csv">what was</a> as CSV.</p></noscript>
% include('alive.tpl')
% include('alarm_sound.tpl')
<main class="journal alarms">
<section aria-labelledby="alarms-stand"><h2 id="alarms-stand" data-i18n="alarm.standing">What stands</h2>
<p class="hint" data-i18n="alarm.note">To acknowledge says “I have read it”. It changes no rule and lets no order pass; that somebody looked at the hardware is said on its unit.</p>
<form id="alarms-filter">
<p><label for="alarms-priority" data-i18n="alarm.priority">Priority</label><select translate="no" id="alarms-priority" autocomplete="off"><option value="" data-i18n="journal.about.all">all</option>
% for number in range(1, 5):
<option value="{{number}}" data-i18n="alarm.priority.{{number}}">{{number}}</option>
% end
</select></p>
<p><label for="alarms-state" data-i18n="alarm.state">State</label><select translate="no" id="alarms-state" autocomplete="off"><option value="" data-i18n="journal.about.all">all</option><option value="unread" data-i18n="alarm.filter.unread">to be read</option><option value="read" data-i18n="alarm.filter.read">read</option><option value="away" data-i18n="alarm.filter.away">put away</option><option value="explained" data-i18n="alarm.filter.explained">explained by another</option></select></p>
<p><label for="alarms-unit" data-i18n="journal.unit">Unit</label><input id="alarms-unit" type="search" maxlength="200" autocomplete="off" spellcheck="false"></p>
<p><label for="alarms-text" data-i18n="alarm.text">Text</label><input id="alarms-text" type="search" maxlength="200" autocomplete="off" spellcheck="false"></p>
<p class="tick"><label><input autocomplete="off" type="checkbox" id="alarm-sound"> <span data-i18n="alarm.sound">Sound for priorities 1 and 2, in this browser</span></label></p>
</form>
<p class="zone" data-part="zone" hidden></p>
<p class="outcome" id="alarms-outcome" aria-live="polite"></p>
<p class="unseen" id="alarms-news" role="alert"></p>
<p class="outcome" id="deed-outcome" aria-live="polite"></p>
<ol class="alarm-rows" id="alarms-list" aria-label="Alarms" data-i18n-label="alarm.title"></ol>
<p class="buttons" id="alarms-window" hidden><button translate="no" type="button" id="alarms-before" data-i18n="alarm.before">Graver</button><span id="alarms-rows"></span><button translate="no" type="button" id="alarms-more" data-i18n="alarm.further">More</button></p>
<p class="hint" data-i18n="alarm.keys">Keys: ↑ ↓ by one, Page by ten, Home and End to either end, Enter unfolds.</p>
<p class="hint" id="alarms-health"></p>
</section>
<section aria-labelledby="services-title"><h2 id="services-title" data-i18n="alarm.services">Out of service</h2>
<p class="outcome" id="services-outcome" aria-live="polite"></p>
<ul class="alarm-services" id="services"></ul>
<p class="buttons"><button translate="no" type="button" id="service-open" data-i18n="alarm.service">Out of service…</button></p>
</section>
<section aria-labelledby="channels-title"><h2 id="channels-title" data-i18n="alarm.channels">Channels</h2>
<p class="hint" data-i18n="alarm.channels.note">They tell people of alarms, and stand in the settings file.</p>
<p class="outcome" id="channels-outcome" aria-live="polite"></p>
<ul class="alarm-services" id="channels"></ul>
</section>
% if simulated:
<section aria-labelledby="practice-title"><h2 id="practice-title" data-i18n="practice.title">Practice</h2>
<p class="hint" data-i18n="practice.note">This cluster is simulated. Each press ends what was pressed before and has a kind of alarm come, within a moment or some minutes.</p>
<p class="outcome" id="practice-outcome" aria-live="polite"></p>
<ul class="practice" id="practice"></ul>
<p class="buttons"><button translate="no" type="button" class="calm" id="practice-end" data-i18n="practice.end">End it</button></p>
</section>
% end
<section aria-labelledby="past-title"><h2 id="past-title" data-i18n="alarm.past">What was</h2>
<form id="past-filter"><p><label for="past-unit" data-i18n="journal.unit">Unit</label><input id="past-unit" type="search" maxlength="200" autocomplete="off" spellcheck="false"></p><p class="buttons"><button translate="no" type="submit" data-i18n="journal.show">Show</button><a class="quiet" id="past-csv" href="alarms/history.csv" data-i18n="journal.csv">As CSV</a></p></form>
<p class="outcome" id="past-outcome" aria-live="polite"></p>
<div class="wrap" tabindex="0" role="region" aria-label="Alarms" data-i18n-label="alarm.title">
<table class="stacked"><thead><tr><th scope="col" id="past-time">Time ({{zone}})</th><th scope="col" data-i18n="alarm.priority">Priority</th><th scope="col" data-i18n="alarm.what">What</th><th scope="col" data-i18n="alarm.of">Of</th><th scope="col" data-i18n="alarm.over.head">Over</th></tr></thead><tbody id="past-rows"></tbody></table>
</div>
<p class="buttons end"><button translate="no" type="button" id="past-newest" data-i18n="journal.newest" disabled>Newest</button><button translate="no" type="button" id="past-older" data-i18n="journal.older" disabled>Older</button></p>
</section>
</main>
<dialog class="dialog" id="acknowledge-dialog" aria-labelledby="acknowledge-title" aria-describedby="acknowledge-did">
<form method="dialog" id="acknowledge-form">
<h2 id="acknowledge-title"></h2>
<p id="acknowledge-did"></p>
<p class="hint" data-i18n="alarm.acknowledge.note">It says that you have read it. That somebody looked at the hardware is said on its unit.</p>
<p><label for="acknowledge-name" data-i18n="lock.name">Your name</label><input id="acknowledge-name" maxlength="80" autocomplete="name"></p>
<p><label for="acknowledge-comment" data-i18n="alarm.comment">Comment</label><input id="acknowledge-comment" maxlength="200" autocomplete="off"></p>
<p class="outcome" id="acknowledge-outcome" aria-live="polite"></p>
<p class="buttons end">{{!stop_here}}<button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button><button translate="no" type="submit" class="calm" data-i18n="alarm.acknowledge.yes">Acknowledge</button></p>
</form>
</dialog>
<dialog class="dialog" id="shelve-dialog" aria-labelledby="shelve-title" aria-describedby="shelve-did">
<form method="dialog" id="shelve-form">
<h2 id="shelve-title"></h2>
<p id="shelve-did"></p>
<p class="hint" id="shelve-most"></p>
<p><label for="shelve-hours" data-i18n="alarm.hours">Hours</label><input id="shelve-hours" type="number" required min="0.1" max="12" step="any" autocomplete="off" aria-describedby="shelve-most"></p>
<p><label for="shelve-name" data-i18n="lock.name">Your name</label><input id="shelve-name" required maxlength="80" autocomplete="name"></p>
<p><label for="shelve-reason" data-i18n="lock.reason">Reason</label><input id="shelve-reason" required maxlength="200" autocomplete="off"></p>
<p class="outcome" id="shelve-outcome" aria-live="polite"></p>
<p class="buttons end">{{!stop_here}}<button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button><button translate="no" type="submit" class="calm" data-i18n="alarm.shelve.yes">Shelve</button></p>
</form>
</dialog>
<dialog class="dialog" id="service-dialog" aria-labelledby="service-title" aria-describedby="service-did">
<form method="dialog" id="service-form">
<h2 id="service-title"></h2>
<p id="service-did"></p>
<p><label for="service-unit" data-i18n="alarm.service.unit">Unit (empty: all)</label><input id="service-unit" maxlength="200" autocomplete="off" spellcheck="false"></p>
% for part, word in (('from', 'From (empty: now)'), ('to', 'To')):
<p><label for="service-{{part}}" data-i18n="{{'alarm.service.from' if part == 'from' else 'journal.to'}}">{{word}}</label><span class="timed"><input type="datetime-local" id="service-{{part}}" step="60" autocomplete="off"> <select translate="no" id="service-{{part}}-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="service-{{part}}-zone" translate="no"></span> <span class="zone" id="service-{{part}}-here"></span></span></p>
% end
<p><label for="service-name" data-i18n="lock.name">Your name</label><input id="service-name" required maxlength="80" autocomplete="name"></p>
<p><label for="service-reason" data-i18n="lock.reason">Reason</label><input id="service-reason" required maxlength="200" autocomplete="off"></p>
<p class="outcome" id="service-outcome" aria-live="polite"></p>
<p class="buttons end">{{!stop_here}}<button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button><button translate="no" type="submit" class="calm" data-i18n="alarm.service.yes">Take out of service</button></p>
</form>
</dialog>
% include('beside_stop.tpl')
</body>
</html>
