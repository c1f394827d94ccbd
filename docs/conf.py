"""Sphinx builds the documentation with `make docs`."""

project = "Linxuan 遴选"
author = "The Linxuan authors"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = project
exclude_patterns = ["_build"]
