<section class="sharing" id="sharing" aria-label="Energy sharing" data-i18n-label="sharing.label">
<div class="sharing-head">
<p class="zone" data-part="zone" hidden></p>
<p class="clock" id="units-clock">{{clock}}</p>
<p class="bus-field controls-only"><label for="bus-voltage" data-i18n="bus.voltage">Bus voltage:</label> <input id="bus-voltage" inputmode="decimal" data-number autocomplete="off" spellcheck="false" maxlength="40" aria-describedby="bus-means" value="350" disabled data-needs-script> <span class="unit" translate="no">V</span> <span class="means" id="bus-means" aria-live="polite"></span></p>
</div>
<div class="scene-frame"><canvas class="scene" id="scene"></canvas></div>
</section>
