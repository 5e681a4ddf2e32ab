<section class="alive" aria-label="This page" data-i18n-label="alive.label">
</section>
