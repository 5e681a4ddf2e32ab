<section class="sharing" id="sharing" aria-label="Energy sharing" data-i18n-label="sharing.label">
<p class="zone" data-part="zone" hidden></p>
<p class="clock" id="units-clock">{{clock}}</p>
<div class="scene-frame"><canvas class="scene" id="scene"></canvas><p class="hint scene-hint controls-only" data-i18n="sharing.press">Press a unit for its details.</p></div>
</section>
