"""What we remember: the only place with locks, files and, later, SQL."""
