"""Every role on every address."""
