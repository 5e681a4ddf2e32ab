"""What the words mean: pure rules and arithmetic, without I/O, clock or threads."""
