<dialog class="dialog" id="estop-dialog" aria-labelledby="estop-ask" aria-describedby="estop-lead">
<form method="dialog" id="estop-ask-form">
<h2 id="estop-ask" data-i18n="estop.ask">Stop all converters now, and latch?</h2>
<p id="estop-lead" data-i18n="estop.lead">Does what Stop all does. From then on, also after a restart, only what stops is sent, until somebody resets it by name and reason.</p>
<p class="hint" data-i18n="stopall.note">Not an emergency stop (ISO 13850): in danger use the switch at the cabinet.</p>
<p><label for="estop-name" data-i18n="estop.name">Your name (may stay empty)</label><input id="estop-name" maxlength="80" autocomplete="name"></p>
<p><label for="estop-reason" data-i18n="estop.reason">Reason (may stay empty)</label><input id="estop-reason" maxlength="200" autocomplete="off"></p>
<p class="buttons end"><button type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button type="submit" value="yes" id="estop-yes" class="danger" data-i18n="estop.yes">Stop all and latch</button></p>
</form>
</dialog>
<dialog class="dialog" id="estop-reset-dialog" aria-labelledby="estop-reset-title" aria-describedby="estop-reset-latch">
<form method="dialog" id="estop-reset-form">
<h2 id="estop-reset-title" data-i18n="estop.reset.title">Reset the E-stop?</h2>
<p id="estop-reset-latch"></p>
<p class="hint" data-i18n="estop.reset.note">Orders pass again from then on, schedules' too; the reset itself starts nothing. First see to what it was latched for. It is journaled.</p>
<p><label for="estop-reset-name" data-i18n="lock.name">Your name</label><input id="estop-reset-name" required maxlength="80" autocomplete="name"></p>
<p><label for="estop-reset-reason" data-i18n="lock.reason">Reason</label><input id="estop-reset-reason" required maxlength="200" autocomplete="off"></p>
<p class="outcome" id="estop-reset-outcome" aria-live="polite"></p>
<p class="buttons end"><button type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button type="submit" value="reset" id="estop-reset-yes" data-i18n="estop.reset.yes">Reset</button></p>
</form>
</dialog>
