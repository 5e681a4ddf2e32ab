<section class="alive" aria-label="This page" data-i18n-label="alive.label">
<p class="banner unable-note" data-level="alarm" data-i18n="banner.unable">A script of this page could not be loaded. What stands here may stand still, and orders cannot be given. Stop all goes out all the same: at the first press, where no question comes up.</p>
<p class="banner" id="alive-notice" translate="no" data-level="alarm" hidden></p>
<p class="unseen" id="alive-said" role="alert"></p>
<p class="banner" id="alive-note" data-level="warn" hidden></p>
<p class="banner" data-level="warn" hidden><span id="alive-version"></span> <button translate="no" type="button" id="alive-reload"></button></p>
</section>
