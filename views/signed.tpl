<dialog class="dialog" id="{{id}}-dialog" aria-labelledby="{{id}}-title" aria-describedby="{{id}}-did">
<form method="dialog" id="{{id}}-form">
<h2 id="{{id}}-title"></h2>
<p id="{{id}}-did"></p>
<p class="hint" data-i18n="{{note}}"></p>
<p><label for="{{id}}-name" data-i18n="lock.name">Your name</label><input id="{{id}}-name" required maxlength="80" autocomplete="name"></p>
<p><label for="{{id}}-reason" data-i18n="lock.reason">Reason</label><input id="{{id}}-reason" required maxlength="200" autocomplete="off"></p>
% if sure:
<p class="tick" id="{{id}}-sure-row" hidden><label><input autocomplete="off" type="checkbox" id="{{id}}-sure"> <span data-i18n="{{sure}}"></span></label></p>
% end
% if latched:
<p class="latched-note" data-i18n="estop.refused">E-stop latched: this is refused until it is reset.</p>
% end
<p class="outcome" id="{{id}}-outcome" aria-live="polite"></p>
<p class="buttons end"><button translate="no" type="button" class="danger stop-here controls-only" data-act="stop-all" data-i18n="stopall">Stop all</button><button translate="no" type="button" value="cancel" data-i18n="cancel">Cancel</button>
<button translate="no" type="submit" id="{{id}}-yes" {{!'class="danger"' if grave else ''}} data-i18n="{{yes}}"></button></p>
</form>
</dialog>
