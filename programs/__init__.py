"""What a notice says: one TOML file per program, its model, loader and checks."""
