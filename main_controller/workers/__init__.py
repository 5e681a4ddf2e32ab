"""What runs by itself: the only place that makes threads."""
