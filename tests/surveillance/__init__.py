"""Tests of surveillance."""
