<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Help · APIS Main Controller</title>
<link rel="icon" href="img/favicon.svg" type="image/svg+xml">
% include('styles.tpl')
<link rel="stylesheet" href="css/help.css">
<script src="js/first.js"></script>
<script src="js/help.js" type="module"></script>
</head>
<body>
% include('insecure.tpl', insecure=insecure)
<header class="strip">
<h1 class="brand"><span data-i18n="help.title">Help</span></h1>
<nav class="tools end" aria-label="Tools" data-i18n-label="tools.label"><a class="quiet" href="." data-i18n="journal.back">Back to the page</a><label class="unseen" for="language" data-i18n="language.label">Language</label><select translate="no" id="language" class="quiet" autocomplete="off" disabled><option value="en" lang="en">English</option><option value="ja" lang="ja">日本語</option></select></nav>
</header>
<main class="help">
% for language in ('en', 'ja'):
<article lang="{{language}}" data-language="{{language}}">
% include('help_%s.tpl' % language, marks=marks[language])
</article>
% end
</main>
</body>
</html>
