"""Excel in and out, official Word forms and notices, certificates.

The names stand in their modules, so that whoever draws up a notice does not load pandas: `documents.notices`,
`documents.register`, `documents.errors`.
"""
