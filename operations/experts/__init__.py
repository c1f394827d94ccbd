"""Experts: the pool, panels drawn from it, who evaluates what, and who sees nothing of it."""
