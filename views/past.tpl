<section class="past" id="past" aria-labelledby="past-title" hidden>
<p class="past-head"><strong id="past-title" data-i18n="past.title">REPLAY</strong> <time id="past-time" translate="no"></time> <span id="past-judged" class="hint"></span> <span id="past-event" aria-live="polite"></span></p>
<p class="past-live" id="past-live"></p>
<div class="past-track"><div id="past-marks" aria-hidden="true"></div><label class="unseen" for="past-track" data-i18n="past.track">Moment</label><input type="range" id="past-track" step="1000" autocomplete="off"></div>
<p class="buttons">
<button translate="no" type="button" id="past-event-before" data-i18n="past.eventBefore">Event before</button>
<button translate="no" type="button" id="past-back" data-i18n="past.back">Step back</button>
<button translate="no" type="button" id="past-play" data-i18n="past.play">Play</button>
<button translate="no" type="button" id="past-on" data-i18n="past.on">Step on</button>
<button translate="no" type="button" id="past-event-next" data-i18n="past.eventNext">Next event</button>
<label class="unseen" for="past-speed" data-i18n="past.speed">Speed</label><select translate="no" id="past-speed" autocomplete="off"></select>
<button translate="no" type="button" id="past-now" class="calm" data-i18n="past.now">Back to now (N)</button>
</p>
<p class="hint"><span id="past-reach"></span> <span data-i18n="past.keys">Keys: K plays and pauses, ← → step, [ ] go from event to event, Page keys 10 s, N goes back to now.</span></p>
<p class="outcome" id="past-outcome" aria-live="polite"></p>
</section>
