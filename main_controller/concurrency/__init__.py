"""How threads share one thing: one run at a time, one call for all who ask, so many at once and no more."""
