"""The JSON API: what the console does, for programs, by the same operations and the same policy.

Whoever asks names a token (`Authorization: Bearer …`) that stands for one person in one of their roles; cookies are not
looked at, so no page elsewhere can ask in its reader's name. Problems are `application/problem+json` (RFC 9457).
"""

from console.api.app import PATH, create_api, is_api, problem

__all__ = ["PATH", "create_api", "is_api", "problem"]
