"""Figures of speed and size, measured by hand."""
