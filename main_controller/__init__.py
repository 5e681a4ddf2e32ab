"""APIS Main Controller: the operator's console of a DC microgrid."""

__version__ = "0.1.0"
