"""Figures of speed and size, measured by hand (issue 3 section 8)."""
