"""What `benchmarks/engine.py` measures with: databases to measure on, and the floors and peers to measure against."""
