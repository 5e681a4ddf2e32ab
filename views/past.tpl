<section class="past" id="past" aria-labelledby="past-title" hidden></section>
