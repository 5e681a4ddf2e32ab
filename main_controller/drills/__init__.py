"""What is practised by a script: the drills, what is measured of one, and how that is told.

Pure. `wiring/drilling.py` runs them, on a simulated cluster alone.
"""
