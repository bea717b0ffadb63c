"""Tests of inbound workbooks."""
