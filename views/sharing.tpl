<section class="sharing" id="sharing" aria-label="Energy sharing" data-i18n-label="sharing.label">
<div class="sharing-head">
<p class="grid-word" id="grid-word" aria-live="polite"></p>
<p class="bus-field controls-only"><label for="bus-voltage" data-i18n="bus.voltage">Bus voltage:</label> <input id="bus-voltage" type="number" inputmode="decimal" min="0" step="0.1" value="350" data-needs-script> <span class="unit">V</span></p>
</div>
<div class="scene-frame"><canvas class="scene" id="scene" tabindex="0" role="img" aria-label="Energy sharing" data-i18n-label="sharing.label"></canvas></div>
<div class="scene-foot">
<ul class="legend" id="legend" aria-label="Legend" data-i18n-label="legend.label">
<li><i class="dots pv" aria-hidden="true"></i><span data-i18n="legend.pv">PV</span></li>
<li><i class="dots utility" aria-hidden="true"></i><span data-i18n="legend.utility">utility</span></li>
<li><i class="dots load" aria-hidden="true"></i><span data-i18n="legend.load">load</span></li>
<li><i class="dots deal" aria-hidden="true"></i><span data-i18n="legend.deal">deal</span></li>
<li><i class="dash" aria-hidden="true"></i><span data-i18n="legend.agreed">agreed, no current yet</span></li>
<li><i class="icon crown" aria-hidden="true"></i><span data-i18n="legend.crown">voltage reference (CV)</span></li>
</ul>
<p class="clock" id="units-clock">{{clock}}</p>
</div>
</section>
