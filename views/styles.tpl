<link rel="stylesheet" href="css/main.css">
<link rel="stylesheet" href="css/base.css">
<link rel="stylesheet" href="css/controls.css">
<link rel="stylesheet" href="css/page.css">
<link rel="stylesheet" href="css/units.css">
<link rel="stylesheet" href="css/dialogs.css">
<link rel="stylesheet" href="css/journal.css">
<link rel="stylesheet" href="css/screens.css">
