% title = get('title', '')
<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Self-check · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<link rel="stylesheet" href="css/selfcheck.css">
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/selfcheck.js" type="module"></script>
</head>
<body>
% include('estop.tpl', latch=latch)
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="check.title">Self-check</span> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="alarms.html" data-i18n="alarm.open">Alarms</a> <a class="quiet" href="journal.html" data-i18n="journal.open">Journal</a> <a class="quiet" id="who" href="account.html" translate="no" hidden></a> <a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<noscript><p class="banner">Without JavaScript: <a href="selfcheck">the findings</a> as JSON.</p></noscript>
% include('alive.tpl')
<main class="journal">
<p class="hint" data-i18n="check.note">Whether this console is set up well and keeps what it should, the gravest first, each with what to do. Nothing is changed by looking.</p>
<p class="zone" data-part="zone" hidden></p>
<p class="outcome" id="check-outcome" role="status"></p>
<ul class="findings" id="check-findings"></ul>
<p class="finding-at" id="check-at"></p>
</main>
% include('beside_stop.tpl')
</body>
</html>
