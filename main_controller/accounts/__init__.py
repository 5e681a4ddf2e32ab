"""Who may do what: roles, accounts, how long a session or a token holds, how failed log-ins are slowed; pure."""
