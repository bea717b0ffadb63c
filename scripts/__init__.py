"""What make and people start from the shell."""
