"""聘期管理: what follows an award, from the first day of the term to its end or to a revocation."""
