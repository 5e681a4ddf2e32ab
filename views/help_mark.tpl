<svg class="mark" viewBox="0 0 64 40" aria-hidden="true" focusable="false">
% if kind in ('charge', 'sharing', 'master', 'stale', 'silent', 'crown'):
<rect class="cell {{kind}}" x="22" y="9" width="20" height="27" rx="3"/><rect class="cap {{kind}}" x="28" y="5.5" width="8" height="3" rx="1"/><rect class="fill {{kind}}" x="24" y="20" width="16" height="14" rx="1.5"/>
% end
% if kind == 'crown':
<path class="crown-sign" d="m23 0 4 4 5-4 5 4 4-4-1.5 7H24.5z"/>
% elif kind == 'master':
<rect class="master-sign" x="19" y="6" width="26" height="33" rx="5"/>
% elif kind == 'sharing':
<text class="amps" x="43" y="16">+2.0</text>
% elif kind == 'silent':
<text class="sign" x="46" y="34">▲</text>
% elif kind in ('pv', 'utility', 'load', 'deal', 'spur'):
<path class="dots {{kind}}" d="M12 20H54"/>
% elif kind == 'agreed':
<path class="agreed" d="M10 20H56"/>
% elif kind == 'untold':
<path class="untold" d="M10 20H56"/><text class="question" x="32" y="26">?</text>
% elif kind == 'hub':
<circle class="hub" cx="32" cy="20" r="17"/><path class="gauge" d="m32 4.5a15.5 15.5 0 1 1-14.7 20.4"/><text class="volts" x="32" y="24">350 V</text>
% end
</svg>
