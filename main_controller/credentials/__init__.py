"""How somebody proves who it is: hashes of passwords, one-time codes, random secrets. Knows no account by itself."""
