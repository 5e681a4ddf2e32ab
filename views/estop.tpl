<section class="unwatched latch" id="estop-bar" aria-labelledby="estop-title" {{'' if latch else 'hidden'}}>
<div class="unwatched-row"><span class="sign" aria-hidden="true">▲</span>
<div class="grow" id="estop-told" role="alert">
<h2 id="estop-title" translate="no">{{latch['head'] if latch else ''}}</h2>
<p id="estop-since">{{latch['rest'] if latch else ''}}</p>
<p id="estop-memory" {{'' if latch and latch['memory'] else 'hidden'}}>{{latch['memory'] if latch else ''}}</p>
<p id="estop-safety" data-i18n="estop.safety">No safety-rated emergency stop: in danger use the switch at the cabinet.</p>
</div>
<button translate="no" type="button" id="estop-reset" data-i18n="estop.reset" hidden>Reset…</button></div>
</section>
