"""Tests of the house; they mirror its packages."""
