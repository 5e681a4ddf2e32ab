"""What has been: minutes, half hours and what is summed from them, made of one state of the grid after another. Pure.

`minutes.py` sums readings up, `slots.py` says where days and months begin, `summary.py` joins slots to longer ones.
"""
