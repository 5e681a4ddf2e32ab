<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="referrer" content="same-origin">
<title>APIS Main Controller{{' · ' + title if title else ''}}</title>
<link rel="icon" id="icon" href="img/favicon.svg" type="image/svg+xml" data-quiet="img/favicon.svg" data-alarm="img/alarm.svg">
% include('styles.tpl')
<link rel="stylesheet" href="css/past.css">
<script src="js/first.js"></script>
<script src="js/alive.js"></script>
<script src="js/jquery.js" defer></script>
<script src="js/main.js" type="module"></script>
</head>
