"""What did the source publish? From a source file (TOML) to listings, statistics and kept responses."""
