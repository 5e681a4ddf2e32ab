"""What we remember: the only place with SQL and with files of data."""
