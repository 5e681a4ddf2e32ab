<!doctype html>
<html lang="en" data-version="{{version}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Log in · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" href="img/favicon.svg" type="image/svg+xml">
% include('styles.tpl')
<link rel="stylesheet" href="css/account.css">
<script src="js/first.js"></script>
<script src="js/login.js" type="module"></script>
</head>
<body>
<header class="strip">
<h1 class="brand"><span data-i18n="brand">APIS Main Controller</span> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="help.html" data-i18n="help.title">Help</a></nav>
</header>
<main class="log-in">
<form method="post" action="login" id="log-in">
<h2 data-i18n="login.title">Log in</h2>
% if sentence:
<p class="outcome" id="refused" role="alert" data-messages="{{messages}}" data-kind="bad">{{sentence}}</p>
% end
<input type="hidden" name="next" value="{{to}}">
<p><label for="log-in-name" data-i18n="login.name">Name</label><input id="log-in-name" name="name" value="{{name}}" required maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" {{'' if name else 'autofocus'}}></p>
<p><label for="log-in-password" data-i18n="login.password">Password</label><input id="log-in-password" name="password" type="password" required maxlength="256" autocomplete="current-password" {{'autofocus' if name else ''}}></p>
<p><label for="log-in-code" data-i18n="login.code">One-time code, if your account has them</label><input id="log-in-code" name="code" inputmode="numeric" maxlength="16" autocomplete="one-time-code" spellcheck="false"></p>
<p class="buttons end"><button type="submit" data-i18n="login.yes">Log in</button></p>
</form>
<form method="post" action="stopAll" class="log-in-stop">
<p class="hint" data-i18n="login.stop">Whoever was logged in here within the last 24 hours may stop without logging in. In danger use the switch at the cabinet.</p>
<p><button type="submit" class="danger" translate="no" data-i18n="stopall">Stop all</button></p>
</form>
</main>
</body>
</html>
