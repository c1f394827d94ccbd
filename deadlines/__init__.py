"""Working-day calendar, Chinese date phrases, publicity periods, and a program's key dates."""
