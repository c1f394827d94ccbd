"""The `linxuan` command."""
