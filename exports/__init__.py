"""Outbound workbooks and documents; like `imports` they never open the database."""
