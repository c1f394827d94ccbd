"""The operators' web pages; so far for reading only."""

from console.app import create_app

__all__ = ["create_app"]
