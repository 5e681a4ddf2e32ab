<section class="units" id="units" aria-labelledby="units-title" tabindex="-1">
<div class="toolbar controls-only" role="search">
<h2 class="unseen" id="units-title" data-i18n="units.title">Units</h2>
<label class="unseen" for="find" data-i18n="units.find">Search units</label>
<input type="search" id="find" placeholder="{{'Search %d units' % len(units)}}" autocomplete="off" disabled data-needs-script>
<fieldset class="filters" id="filters" translate="no"><legend class="unseen" data-i18n="filter.label">Show</legend>
% for name, label in filters:
<label><input autocomplete="off" type="radio" name="filter" value="{{name}}" {{'checked' if name == 'all' else ''}} disabled data-needs-script><span data-i18n="filter.{{name}}">{{label}}</span> <b data-count="{{name}}"></b></label>
% end
</fieldset>
<label class="unseen" for="mode-filter" data-i18n="filter.mode">Mode</label>
<select autocomplete="off" translate="no" id="mode-filter" disabled data-needs-script>
<option value="" data-i18n="filter.anymode">any mode</option>
<option value="autonomous" data-i18n="mode.autonomous">Run</option>
<option value="heteronomous" data-i18n="mode.heteronomous">Soft Stop</option>
<option value="stop" data-i18n="mode.stop">Force Stop</option>
<option value="manual" data-i18n="mode.manual">Manual</option>
</select>
<label class="unseen" for="sort" data-i18n="sort.label">Sort</label>
<select autocomplete="off" translate="no" id="sort" disabled data-needs-script>
<option value="id" data-i18n="sort.id">by id</option>
<option value="charge" data-i18n="sort.charge">by charge</option>
<option value="power" data-i18n="sort.power">by grid power</option>
<option value="age" data-i18n="sort.age">by age</option>
</select>
<div class="density"><button translate="no" type="button" class="quiet" id="density" aria-pressed="false" data-i18n="density.compact" disabled data-needs-script>compact</button></div>
</div>
<p class="signs-note" data-i18n="sign.note">Power and current: + charges the battery, − discharges it.</p>
<p class="note" id="units-note" aria-live="polite"></p>
<div class="cards" id="cards" data-density="full">
% for unit in units:
<article class="card" data-unit="{{unit['id']}}" data-state="{{unit['state']}}" {{'data-master' if unit['master'] else ''}} aria-label="{{unit['label']}}">
<header translate="no"><h3><bdi class="uid">{{unit['label']}}</bdi> <bdi class="uname">{{unit['name']}}</bdi></h3><p class="state">{{'Grid Master · ' if unit['master'] else ''}}{{'' if unit['state'] == 'live' else '▲ '}}{{unit['state']}}{{'' if unit['age'] == '--' else ' · %s s old' % unit['age']}}</p><p class="address"><bdi>{{unit['ip']}}</bdi></p></header>
% if unit['trips']:
<p class="sentence">{{unit['trips']}}</p>
% end
<dl class="six">
% for label, value, measure in unit['six']:
<div><dt>{{label}}</dt><dd translate="no">{{value}} <small>{{measure}}</small></dd></div>
% end
</dl>
<dl class="rows"><div><dt>Battery Status :</dt><dd translate="no">{{unit['rsoc']}} <small>%</small></dd></div><div><dt>Effective Mode :</dt><dd translate="no">{{unit['mode']}}</dd></div></dl>
</article>
% end
</div>
</section>
