<aside class="stop journal-stop" id="stop-block" aria-label="Stop all" data-i18n-label="stopall">
<form method="post" action="stopAll" id="stop-form"><button translate="no" type="submit" id="stop-all" class="stop-all" aria-describedby="stop-note" data-i18n="stopall">Stop all</button></form>
<form method="post" action="stopAll" id="stop-plain" class="stop-plain" hidden><p data-i18n="stopall.late">Stop all has no answer yet. Sent again as a plain form it needs nothing of this page; it leaves the page.</p><button translate="no" type="submit" class="danger" data-i18n="stopall.plain">Stop all as a plain form</button></form>
% include('estop_press.tpl')
<p id="stop-note" class="hint"><span class="long" data-i18n="stopall.note">Not an emergency stop (ISO 13850): in danger use the switch at the cabinet.</span><span class="short" data-i18n="stopall.short">Not an emergency stop: use the switch at the cabinet.</span></p>
<p class="outcome" id="stop-outcome" aria-live="assertive"></p>
</aside>
<dialog class="dialog" id="stop-dialog" aria-labelledby="stop-ask" aria-describedby="stop-lead">
<form method="dialog" id="stop-ask-form">
<h2 id="stop-ask" data-i18n="stopall.ask">Stop all converters now?</h2>
<p id="stop-lead" data-i18n="stopall.lead.any">Every converter is sent to Wait, and each one is checked to show it. Deals under way are ended.</p>
<p class="hint" data-i18n="stopall.note">Not an emergency stop (ISO 13850): in danger use the switch at the cabinet.</p>
<p class="buttons end"><button translate="no" type="submit" value="cancel" data-i18n="cancel">Cancel</button><button translate="no" type="submit" value="yes" id="stop-yes" class="danger" data-i18n="stopall">Stop all</button></p>
</form>
</dialog>
% include('estop_dialogs.tpl')
