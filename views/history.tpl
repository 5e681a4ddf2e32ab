% title = get('title', '')
<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>History · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/history.js" type="module"></script>
</head>
<body>
% include('estop.tpl', latch=latch)
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="history.title">History</span> <bdi id="history-of" translate="no"></bdi> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="alarms.html" data-i18n="alarm.open">Alarms</a> <a class="quiet" href="incidents.html" data-i18n="incident.open">Incidents</a> <a class="quiet" href="journal.html" data-i18n="journal.open">Journal</a> <a class="quiet" id="who" href="account.html" translate="no" hidden></a> <a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<noscript><p class="banner">Without JavaScript: <a href="history.csv">what was recorded</a> and <a href="ledger.csv">the ledger</a> as CSV.</p></noscript>
% include('alive.tpl')
<main class="journal">
<form id="history-filter" action="history.html">
<p><label for="history-unit" data-i18n="journal.unit">Unit</label><input id="history-unit" name="unitId" list="history-units" maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="history-unit-hint"><datalist id="history-units"></datalist></p>
<p><label for="history-from" data-i18n="journal.from">From</label><span class="timed"><input type="datetime-local" id="history-from" name="from" step="60"> <select translate="no" id="history-from-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="history-from-zone" translate="no"></span> <span class="zone" id="history-from-here"></span></span></p>
<p><label for="history-to" data-i18n="journal.to">To</label><span class="timed"><input type="datetime-local" id="history-to" name="to" step="60"> <select translate="no" id="history-to-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="history-to-zone" translate="no"></span> <span class="zone" id="history-to-here"></span></span></p>
<p class="buttons"><button translate="no" type="submit" data-i18n="journal.show">Show</button></p>
</form>
<p class="hint" id="history-unit-hint" data-i18n="history.hint">Without a unit: the whole cluster. Without an end: up to now, and it goes on by itself.</p>
<p class="zone" data-part="zone" hidden></p>
<p class="outcome" id="history-outcome" aria-live="polite"></p>
<section aria-labelledby="history-power"><h2 id="history-power" data-i18n="history.power">Power</h2><div id="history-records"></div></section>
<section aria-labelledby="history-energy"><h2 id="history-energy" data-i18n="history.energy">Energy per day</h2><div id="history-days"></div></section>
<section id="ledger" aria-labelledby="history-ledger"><h2 id="history-ledger" data-i18n="ledger.title">Ledger of deals</h2>
<p class="buttons"><label><span data-i18n="ledger.by">Sums by</span> <select translate="no" id="ledger-by" autocomplete="off"><option value="hour" data-i18n="ledger.by.hour">hour</option><option value="day" data-i18n="ledger.by.day">day</option><option value="month" data-i18n="ledger.by.month">month</option></select></label> <label class="check"><input type="checkbox" id="ledger-pair" autocomplete="off"> <span data-i18n="ledger.bypair">each pair of units</span></label> <a class="quiet" id="ledger-csv" href="ledger.csv" data-i18n="details.ledger">Ledger (CSV)</a></p>
<p class="outcome" id="ledger-refused" aria-live="polite"></p>
<div id="ledger-sums"></div>
<h3 data-i18n="ledger.deals">Deals</h3>
<p class="outcome" id="ledger-outcome" aria-live="polite"></p>
<div id="ledger-deals"></div>
<p class="buttons end"><button translate="no" type="button" id="ledger-newest" data-i18n="journal.newest" disabled>Newest</button><button translate="no" type="button" id="ledger-older" data-i18n="journal.older" disabled>Older</button></p>
</section>
<section aria-labelledby="history-complete"><h2 id="history-complete" data-i18n="history.complete">How complete the record is</h2>
<p class="hint" data-i18n="history.complete.says">Per cent of each day in which the unit was live by its own clock while this program ran; of today as far as it has come.</p>
<div id="history-map"></div></section>
</main>
% include('beside_stop.tpl')
</body>
</html>
