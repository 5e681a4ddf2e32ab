"""What is so now: one `GridState`, made from one `Moment` by pure functions."""
