<section class="sharing" id="sharing" aria-label="Energy sharing" data-i18n-label="sharing.label">
<div class="sharing-head">
<p class="clock" id="units-clock">{{clock}}</p>
<p class="bus-field controls-only"><label for="bus-voltage" data-i18n="bus.voltage">Bus voltage:</label> <input id="bus-voltage" type="number" inputmode="decimal" min="0" step="any" value="350" disabled data-needs-script> <span class="unit">V</span></p>
</div>
<div class="scene-frame"><canvas class="scene" id="scene"></canvas></div>
</section>
