"""What runs by itself: the loops and their threads, and `scheduler/`, which gives the orders that are due."""
