"""Migrations: every shape that the database ever had, and the way from each to the next."""
