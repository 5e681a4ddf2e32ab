% title = get('title', '')
% stop_here = '<button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button>'
<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Account · APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<link rel="stylesheet" href="css/account.css">
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/account.js" type="module"></script>
</head>
<body>
% include('estop.tpl', latch=latch)
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="account.title">Account</span> <span class="cluster-name" translate="no">{{title}}</span> <small class="version" translate="no">{{version}}</small></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="journal.html" data-i18n="journal.open">Journal</a> <a class="quiet" id="who" href="account.html" translate="no" hidden></a> <a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<noscript><p class="banner">This page needs JavaScript. Accounts are managed by the command line too, with the word <code>user</code>, and read with curl from <code>/session</code>.</p></noscript>
% include('alive.tpl')
<main class="journal account">
<section aria-labelledby="who-title"><h2 id="who-title" data-i18n="account.who">Who is logged in</h2>
<p id="who-now" translate="no"></p>
<p id="who-may" class="hint"></p>
<p class="outcome" id="who-outcome" aria-live="polite"></p>
<p class="buttons"><a class="quiet" id="log-in" href="login.html?next=account.html" data-i18n="login.title" hidden>Log in</a><button type="button" id="log-out" data-i18n="account.logout" hidden>Log out</button></p>
</section>
<section data-own aria-labelledby="password-title" hidden><h2 id="password-title" data-i18n="account.password">Password</h2>
<form id="password-form" class="account-form">
<p><label for="password-own" data-i18n="account.own">Your password now</label><input id="password-own" type="password" required maxlength="256" autocomplete="current-password"></p>
<p data-own-code hidden><label for="password-own-code" data-i18n="account.ownCode">One-time code, where your last one is older than 5 minutes</label><input id="password-own-code" inputmode="numeric" maxlength="16" autocomplete="one-time-code"></p>
<p><label for="password-new" data-i18n="account.password.new">New password, 12 characters or more</label><input id="password-new" type="password" required minlength="12" maxlength="256" autocomplete="new-password"></p>
<p class="buttons"><button type="submit" data-i18n="account.password.yes">Change the password</button></p>
<p class="outcome" id="password-outcome" aria-live="polite"></p>
</form>
</section>
<section data-own aria-labelledby="codes-title" hidden><h2 id="codes-title" data-i18n="account.codes">One-time codes</h2>
<p id="codes-state"></p>
<form id="codes-form" class="account-form">
<p><label for="codes-own" data-i18n="account.own">Your password now</label><input id="codes-own" type="password" required maxlength="256" autocomplete="current-password"></p>
<p data-own-code hidden><label for="codes-own-code" data-i18n="account.ownCode">One-time code, where your last one is older than 5 minutes</label><input id="codes-own-code" inputmode="numeric" maxlength="16" autocomplete="one-time-code"></p>
<p class="buttons"><button type="submit" id="codes-begin" data-i18n="account.codes.begin">Set up</button><button type="button" id="codes-end" data-i18n="account.codes.end">Log in without codes</button></p>
<p class="outcome" id="codes-outcome" aria-live="polite"></p>
</form>
<form id="codes-confirm" class="account-form" hidden>
<p data-i18n="account.codes.scan">Scan this with an app for one-time codes, or type the secret there; then type the code that it shows.</p>
<p id="codes-qr"></p>
<p><code id="codes-secret" translate="no"></code></p>
<p><label for="codes-code" data-i18n="account.codes.code">Code</label><input id="codes-code" inputmode="numeric" required maxlength="16" autocomplete="one-time-code"></p>
<p class="buttons"><button type="submit" data-i18n="account.codes.confirm">Log in with codes from now on</button></p>
</form>
</section>
<section data-own aria-labelledby="sessions-title" hidden><h2 id="sessions-title" data-i18n="account.sessions">Sessions</h2>
<p class="hint" data-i18n="account.sessions.note">A browser whose session is ended here may not even stop any more.</p>
<ul class="alarm-services" id="sessions"></ul>
<p class="outcome" id="sessions-outcome" aria-live="polite"></p>
<p class="buttons"><button type="button" id="sessions-others" data-i18n="account.sessions.others">End all others</button></p>
</section>
<section data-own aria-labelledby="tokens-title" hidden><h2 id="tokens-title" data-i18n="account.tokens">Tokens for scripts</h2>
<ul class="alarm-services" id="tokens"></ul>
<form id="token-form" class="account-form">
<p><label for="token-name" data-i18n="account.token.name">What it is for</label><input id="token-name" required maxlength="64" autocomplete="off"></p>
<p><label for="token-role" data-i18n="account.role">Role</label><select id="token-role" translate="no"></select></p>
<p><label for="token-days" data-i18n="account.token.days">Days</label><input id="token-days" type="number" min="1" max="366" step="1" value="90" required></p>
<p><label for="token-networks" data-i18n="account.token.networks">From these networks alone (with commas; empty: everywhere)</label><input id="token-networks" maxlength="256" autocomplete="off" spellcheck="false" placeholder="192.168.0.0/24"></p>
<p><label for="token-own" data-i18n="account.own">Your password now</label><input id="token-own" type="password" required maxlength="256" autocomplete="current-password"></p>
<p data-own-code hidden><label for="token-own-code" data-i18n="account.ownCode">One-time code, where your last one is older than 5 minutes</label><input id="token-own-code" inputmode="numeric" maxlength="16" autocomplete="one-time-code"></p>
<p class="buttons"><button type="submit" data-i18n="account.token.make">Make a token</button></p>
<p class="outcome" id="tokens-outcome" aria-live="polite"></p>
</form>
<p id="token-made" hidden><span data-i18n="account.token.once">It is shown this once:</span> <code id="token-secret" translate="no"></code></p>
</section>
<section id="everybody" aria-labelledby="everybody-title" hidden><h2 id="everybody-title" data-i18n="account.everybody">All accounts</h2>
<p><label for="admin-own" data-i18n="account.admin.own">Your own password, for each change here</label><input id="admin-own" type="password" maxlength="256" autocomplete="current-password"></p>
<p data-own-code hidden><label for="admin-own-code" data-i18n="account.ownCode">One-time code, where your last one is older than 5 minutes</label><input id="admin-own-code" inputmode="numeric" maxlength="16" autocomplete="one-time-code"></p>
<div class="table"><table><thead><tr><th scope="col" data-i18n="login.name">Name</th><th scope="col" data-i18n="account.displayName">Shown as</th><th scope="col" data-i18n="account.role">Role</th><th scope="col" data-i18n="account.state">State</th><th scope="col"></th></tr></thead><tbody id="accounts"></tbody></table></div>
<form id="account-form" class="account-form">
<h3 data-i18n="account.make">Another account</h3>
<p><label for="account-name" data-i18n="login.name">Name</label><input id="account-name" required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"></p>
<p><label for="account-shown" data-i18n="account.displayName">Shown as</label><input id="account-shown" maxlength="64" autocomplete="off"></p>
<p><label for="account-role" data-i18n="account.role">Role</label><select id="account-role" translate="no"></select></p>
<p><label for="account-password" data-i18n="account.password.first">First password, 12 characters or more</label><input id="account-password" type="password" required minlength="12" maxlength="256" autocomplete="new-password"></p>
<p class="buttons"><button type="submit" data-i18n="account.make.yes">Make the account</button></p>
</form>
<p class="outcome" id="accounts-outcome" aria-live="polite"></p>
</section>
</main>
<dialog class="dialog" id="given-dialog" aria-labelledby="given-title">
<form method="dialog" id="given-form">
<h2 id="given-title"></h2>
<p><label for="given-password" data-i18n="account.password.new">New password, 12 characters or more</label><input id="given-password" type="password" required minlength="12" maxlength="256" autocomplete="new-password"></p>
<p class="buttons end">{{!stop_here}}<button type="button" value="cancel" data-i18n="cancel">Cancel</button><button type="submit" class="calm" data-i18n="account.password.yes">Change the password</button></p>
</form>
</dialog>
% include('beside_stop.tpl')
</body>
</html>
