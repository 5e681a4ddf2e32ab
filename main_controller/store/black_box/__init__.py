"""The black box: what was known of the grid, and told of it, minute by minute, so that any moment can be made again.

`black_box.py` is its front: whoever has news hands it over and goes on, and readings ask for a moment. `segment.py` is
the file of a minute, `entries.py` what stands in one, `recording.py` writes them, `rebuilding.py` makes a moment of
them again, and `shelf.py` owns the folder.
"""

from main_controller.store.black_box.black_box import BlackBox
from main_controller.store.black_box.entries import Fact, Mark, ToldFrame
from main_controller.store.black_box.rebuilding import Recorded
from main_controller.store.black_box.shelf import Shelf
from main_controller.store.black_box.timeline import Gap, Timeline, Why

__all__ = ["BlackBox", "Fact", "Gap", "Mark", "Recorded", "Shelf", "Timeline", "ToldFrame", "Why"]
