"""What runs by itself: the loops and their threads."""
