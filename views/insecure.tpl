% if insecure:
<p class="banner insecure" data-level="warn" data-i18n="insecure">Insecure: whoever reaches this page can order everything. Nobody has to log in (setting insecure).</p>
% end
