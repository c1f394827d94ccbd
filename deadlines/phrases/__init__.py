"""Reads Chinese phrases about time, and writes them."""

from deadlines.phrases.parsing import parse_phrase
from deadlines.phrases.reading import Kind, Reading
from deadlines.phrases.rendering import render

__all__ = ["Kind", "Reading", "parse_phrase", "render"]
