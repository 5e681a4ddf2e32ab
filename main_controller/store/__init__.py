"""What we remember: the only place with files and SQL."""
