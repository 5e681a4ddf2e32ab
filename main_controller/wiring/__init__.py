"""Builds every part, starts them in order, stops them in reverse. Start reading here, with `controller.py`.

The only reader of `Settings`.
"""
