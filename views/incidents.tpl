% title = get('title', '')
% stop_here = '<button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button>'
<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}"{{!' data-recording' if get('recording') else ''}}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Incidents · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<link rel="stylesheet" href="css/incidents.css">
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/incidents.js" type="module"></script>
</head>
<body>
% include('recording.tpl', recording=get('recording'))
% include('estop.tpl', latch=latch)
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="incident.title">Incidents</span> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="alarms.html" data-i18n="alarm.open">Alarms</a> <a class="quiet" href="journal.html" data-i18n="journal.open">Journal</a> <a class="quiet" href="history.html" data-i18n="history.open">History</a> <a class="quiet" id="who" href="account.html" translate="no" hidden></a> <a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<noscript><p class="banner">Without JavaScript: <a href="incidents">the incidents</a> as JSON.</p></noscript>
% include('alive.tpl')
<main class="journal incidents">
<section aria-labelledby="incidents-heading"><h2 id="incidents-heading" data-i18n="incident.title">Incidents</h2>
<p class="hint" data-i18n="incident.note">Around each grid error, Stop all, unwatched hardware, missing Grid Master, failed order and alarm of priority 1 what was known of the grid is kept, 10 minutes before and after. Nothing is changed by looking.</p>
<p class="zone" data-part="zone" hidden></p>
<p class="buttons"><button translate="no" type="button" id="keep-open" data-i18n="incident.keep">Keep this…</button></p>
<p class="outcome" id="incidents-outcome" aria-live="polite"></p>
<p class="outcome" id="incidents-fault" role="alert" data-kind="bad" hidden></p>
<ol class="incident-rows" id="incidents-list" aria-label="Incidents" data-i18n-label="incident.title"></ol>
<p class="buttons end"><button translate="no" type="button" id="incidents-newest" data-i18n="journal.newest" disabled>Newest</button><button translate="no" type="button" id="incidents-older" data-i18n="journal.older" disabled>Older</button></p>
<p class="hint" id="incidents-room"></p>
</section>
</main>
<dialog class="dialog" id="keep-dialog" aria-labelledby="keep-title" aria-describedby="keep-did">
<form method="dialog" id="keep-form">
<h2 id="keep-title"></h2>
<p id="keep-did"></p>
<p><label for="keep-at" data-i18n="incident.at">Moment (empty: now)</label><span class="timed"><input type="datetime-local" id="keep-at" step="60" autocomplete="off"> <select translate="no" id="keep-at-which" data-i18n-label="time.which" hidden></select> <span class="zone" id="keep-at-zone" translate="no"></span> <span class="zone" id="keep-at-here"></span></span></p>
<p><label for="keep-name" data-i18n="lock.name">Your name</label><input id="keep-name" maxlength="80" autocomplete="name"></p>
<p><label for="keep-reason" data-i18n="lock.reason">Reason</label><input id="keep-reason" required maxlength="200" autocomplete="off"></p>
<p class="outcome" id="keep-outcome" aria-live="polite"></p>
<p class="buttons end">{{!stop_here}}<button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button><button translate="no" type="submit" class="calm" data-i18n="incident.keep.yes">Keep it</button></p>
</form>
</dialog>
<dialog class="dialog" id="note-dialog" aria-labelledby="note-title" aria-describedby="note-did">
<form method="dialog" id="note-form">
<h2 id="note-title"></h2>
<p id="note-did"></p>
<p><label for="note-name" data-i18n="lock.name">Your name</label><input id="note-name" maxlength="80" autocomplete="name"></p>
<p><label for="note-text" data-i18n="incident.text">Note</label><input id="note-text" required maxlength="200" autocomplete="off"></p>
<p class="outcome" id="note-outcome" aria-live="polite"></p>
<p class="buttons end">{{!stop_here}}<button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button><button translate="no" type="submit" class="calm" data-i18n="incident.note.yes">Write it down</button></p>
</form>
</dialog>
% include('beside_stop.tpl')
</body>
</html>
