"""Tests of the machine that moves every case."""
