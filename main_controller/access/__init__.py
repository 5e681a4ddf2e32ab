"""Who is calling: accounts, sessions and tokens in memory over the store, and the log-in."""
