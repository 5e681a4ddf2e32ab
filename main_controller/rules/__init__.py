"""What the grid's state permits, proves and warns of: pure, over one `GridState`."""
