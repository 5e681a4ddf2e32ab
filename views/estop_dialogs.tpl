<dialog class="dialog" id="estop-dialog" aria-labelledby="estop-ask" aria-describedby="estop-lead">
<form method="dialog" id="estop-ask-form">
<h2 id="estop-ask" data-i18n="estop.ask">Stop all converters now, and latch?</h2>
<p class="past-only" data-i18n="past.stop">This page shows the past. Stop all acts NOW, on the live grid.</p>
<p id="estop-lead" data-i18n="estop.lead">Does what Stop all does. From then on, also after a restart, only what stops is sent, until somebody resets it by name and reason.</p>
<p class="hint" data-i18n="stopall.note">Not an emergency stop (ISO 13850): in danger use the switch at the cabinet.</p>
<p><label for="estop-name" data-i18n="estop.name">Your name (may stay empty)</label><input id="estop-name" maxlength="80" autocomplete="name"></p>
<p><label for="estop-reason" data-i18n="estop.reason">Reason (may stay empty)</label><input id="estop-reason" maxlength="200" autocomplete="off"></p>
<p class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button translate="no" type="submit" value="yes" id="estop-yes" class="danger" data-i18n="estop.yes">Stop all and latch</button></p>
</form>
</dialog>
% include('signed.tpl', id='estop-reset', note='estop.reset.note', yes='estop.reset.yes', grave=False, sure=None, latched=False)
