% include('estop.tpl', latch=latch)
<section class="unwatched second" id="second" aria-labelledby="second-title" hidden>
<h2 class="unseen" id="second-title" data-i18n="second.title">Waits for a second person</h2>
<ul id="second-list" aria-live="assertive"></ul>
<p class="outcome" id="second-outcome"></p>
</section>
<section class="unwatched grave" id="grave" aria-labelledby="grave-title" hidden>
<h2 class="unseen" id="grave-title" data-i18n="grave.title">Grave faults of the bus</h2>
<ul id="grave-list"></ul>
</section>
<section class="unwatched" id="unwatched" aria-labelledby="unwatched-title" {{'' if unwatched else 'hidden'}}>
<h2 class="unseen" id="unwatched-title" data-i18n="unwatched.title">Live hardware that nobody watches</h2>
<ul id="unwatched-list">
% for line in unwatched:
<li class="unwatched-row" data-unit="{{line['id']}}"><span class="sign" aria-hidden="true">▲</span><p translate="no">{{line['sentence']}}</p></li>
% end
</ul>
</section>
<section class="banners" id="banners" aria-label="What else is wrong" data-i18n-label="banners.title"></section>
<p class="unseen" id="said" role="alert"></p>
