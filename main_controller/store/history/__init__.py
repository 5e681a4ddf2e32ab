"""The file of what has been, apart from the journal's: minutes and half hours of each unit and of the cluster (V8).

`History` writes and reads it; nothing that an order needs lies there.
"""

from main_controller.store.history.history import History as History
