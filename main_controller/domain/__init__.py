"""What the words mean: modes, statuses, orders, scopes, freshness as pure data, without I/O, clock or threads."""
