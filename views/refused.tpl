<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Not possible · APIS Main Controller</title>
<link rel="icon" href="img/favicon.svg" type="image/svg+xml">
% include('styles.tpl')
<link rel="stylesheet" href="css/help.css">
<script src="js/first.js"></script>
<script src="js/refused.js" type="module"></script>
</head>
<body>
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="refused.title">Not possible</span></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="." data-i18n="journal.back">Back to the page</a></nav>
</header>
<main class="help">
<p class="outcome" id="refused" data-messages="{{messages}}" data-kind="bad">{{sentence}}</p>
</main>
</body>
</html>
