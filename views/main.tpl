<!doctype html>
<html lang="en" data-zone="{{zone}}" data-version="{{version}}"{{!' data-recording' if get('recording') else ''}} data-time="{{now}}" data-needs="ResizeObserver IntersectionObserver">
% include('head.tpl', title=title)
<body data-display="{{display}}" data-read-only="{{'true' if read_only else 'false'}}">
<a class="skip" href="#units" data-i18n="skip.units">Skip to the units</a>
% include('recording.tpl', recording=get('recording'))
% include('past.tpl')
<div class="top" id="top">
% include('alerts.tpl', latch=latch, unwatched=unwatched)
% include('insecure.tpl', insecure=insecure)
% include('strip.tpl', title=title, simulated=simulated, counts=counts, grid_master=grid_master, status=status, version=version)
</div>
<div class="page">
% include('cluster.tpl', mode=mode, pending=pending, deals=deals, status=status)
<main class="work">
% include('sharing.tpl', clock=clock)
% include('units.tpl', units=units, filters=filters)
</main>
</div>
% include('dialogs.tpl')
</body>
</html>
