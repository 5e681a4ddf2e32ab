"""The JSON of every reply, as types, and how each is made of what the rest of the program hands over.

Each route says in `routes.py` which of them it gives; `/openapi.json` is made of them, their docstrings included. A key
that holds null says that nobody can tell, or what its type's docstring says; a key that may be absent is `NotRequired`.
"""
