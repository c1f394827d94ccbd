"""What files hold: their format by content, their pages, characters, pixels and minutes. Nothing is ever executed.

Files come from everybody, so they are read by a process of its own with little memory and time (`apart`).
"""

from documents.contents.apart import copy_json, read_copies

__all__ = ["copy_json", "read_copies"]
