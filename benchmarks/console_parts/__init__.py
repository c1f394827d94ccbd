"""What `benchmarks.console` is made of."""
