% title = get('title', '')
<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Journal · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/journal.js" type="module"></script>
</head>
<body>
% include('estop.tpl', latch=latch)
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="journal.title">Journal</span> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="alarms.html" data-i18n="alarm.open">Alarms</a> <a class="quiet" href="incidents.html" data-i18n="incident.open">Incidents</a> <a class="quiet" id="who" href="account.html" translate="no" hidden></a> <a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<noscript><p class="banner">Without JavaScript: <a href="journal.csv">the journal as CSV</a>.</p></noscript>
% include('alive.tpl')
<main class="journal">
<form id="journal-filter" action="journal.html">
<p><label for="journal-from" data-i18n="journal.from">From</label><span class="timed"><input type="datetime-local" id="journal-from" name="from" step="1"> <select translate="no" id="journal-from-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="journal-from-zone" translate="no"></span> <span class="zone" id="journal-from-here"></span></span></p>
<p><label for="journal-to" data-i18n="journal.to">To</label><span class="timed"><input type="datetime-local" id="journal-to" name="to" step="1"> <select translate="no" id="journal-to-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="journal-to-zone" translate="no"></span> <span class="zone" id="journal-to-here"></span></span></p>
<p><label for="journal-unit" data-i18n="journal.unit">Unit</label><input id="journal-unit" name="unit" value="{{unit}}" maxlength="200" autocomplete="off" spellcheck="false"></p>
<p><label for="journal-about" data-i18n="journal.about">Show</label><select translate="no" id="journal-about" name="about">
% for value, label in (('', 'all'), ('orders', 'orders'), ('grid', 'the grid by itself'), ('deals', 'deals'), ('faults', 'faults')):
<option value="{{value}}" {{'selected' if value == about else ''}} data-i18n="journal.about.{{value or 'all'}}">{{label}}</option>
% end
</select></p>
<p class="buttons"><button translate="no" type="submit" data-i18n="journal.show">Show</button><a class="quiet" id="journal-csv" href="journal.csv" data-i18n="journal.csv">As CSV</a></p>
</form>
<p class="zone" data-part="zone" hidden></p>
<p class="outcome" id="journal-outcome" aria-live="polite" data-messages="{{messages}}" {{!'data-kind="bad"' if refused else ''}}>{{refused}}</p>
<div class="wrap" tabindex="0" role="region" aria-label="Journal" data-i18n-label="journal.title">
<table class="stacked">
<thead><tr><th scope="col" id="journal-time">Time ({{zone}})</th><th scope="col" data-i18n="journal.what">What</th><th scope="col" data-i18n="journal.who">Who</th><th scope="col" data-i18n="journal.unit">Unit</th><th scope="col" data-i18n="journal.outcome">Outcome</th></tr></thead>
<tbody id="journal-rows">
% for row in rows:
<tr translate="no"><td class="time" data-label="Time">{{row['at']}}</td><td class="what" data-label="What">{{row['what']}}</td><td data-label="Who">{{row['by'] or ''}}</td><td data-label="Unit">{{row['unitId'] or ''}}</td><td class="result" data-label="Outcome">{{row['outcome'] or ''}}</td></tr>
% end
</tbody>
</table>
</div>
<p class="buttons end"><button translate="no" type="button" id="journal-newest" data-i18n="journal.newest" disabled>Newest</button><button translate="no" type="button" id="journal-older" data-i18n="journal.older" disabled>Older</button></p>
</main>
% include('beside_stop.tpl')
</body>
</html>
