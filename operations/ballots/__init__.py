"""Ballots of committees: who may vote, attendance, votes and counts, what comes of them, annulments."""
