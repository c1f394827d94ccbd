"""Prefect flows: thin; they call operations, read the clock, and tell an administrator what was done."""
