"""What `documents` refuses."""

from programs import Words


class DocumentError(Exception):
    """A document that cannot be made as asked. `words` says why, and what to change."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words
