"""Plain functions with valid defaults; a test names only what it is about."""
