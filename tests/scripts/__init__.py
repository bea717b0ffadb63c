"""Tests of what make starts."""
