<dialog class="dialog" id="forget-dialog" aria-labelledby="forget-title" aria-describedby="forget-did">
<form method="dialog" id="forget-form">
<h2 id="forget-title"></h2>
<p id="forget-did"></p>
<p class="hint" data-i18n="forget.note">For a unit that has left the cluster. It leaves the lists and the verdict of Stop all, its schedules are cleared, and it is back as soon as it is seen. It is journaled. The hardware is not switched off by this.</p>
<p><label for="forget-name" data-i18n="lock.name">Your name</label><input id="forget-name" required maxlength="80" autocomplete="name"></p>
<p><label for="forget-reason" data-i18n="lock.reason">Reason</label><input id="forget-reason" required maxlength="200" autocomplete="off"></p>
<p class="tick" id="forget-sure-row" hidden><label><input type="checkbox" id="forget-sure"> <span data-i18n="forget.sure">Its converter is off the bus: somebody has seen to it.</span></label></p>
<p class="latched-note" data-i18n="estop.refused">E-stop latched: this is refused until it is reset.</p>
<p class="outcome" id="forget-outcome" aria-live="polite"></p>
<p class="buttons end"><button type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button type="submit" value="forget" id="forget-yes" class="danger" data-i18n="forget.yes">Forget</button></p>
</form>
</dialog>
