"""Follow the elements of an XML part chunk by chunk, within bounds of memory and time."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from meviewer.data.tables.facts import Budget
from meviewer.data.tables.text import too_large

# A parser keeps an unfinished tag whole, and older ones begin it anew with every chunk.
_LONGEST = 1_000_000
_MAX_NAMES = 10_000


class XmlScanner:
    """Base of what looks at the elements of a part; by itself it only counts them.

    Attributes
    ----------
    broken : str
        Why the part is no valid XML; empty while it is.
    """

    def __init__(self, path: Path, budget: Budget) -> None:
        self.broken = ""
        self._path = path
        self._budget = budget
        self._n_fed = 0
        self._n_started = self._n_without = 0
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._started
        self._parser.EndElementHandler = self._ended

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element, by its name without prefix."""

    def end(self, name: str) -> None:
        """Take the end of an element, by its name without prefix."""

    def collect(self, take: bool) -> None:
        """Begin or stop to hand texts to `characters`."""
        self._parser.CharacterDataHandler = self.characters if take else None

    def characters(self, text: str) -> None:
        """Take text, if `collect` asked for it."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the part.

        Raises
        ------
        LabelError
            If there are too many elements, or a single one is too long.
        """
        self._parse(chunk, False)
        self._n_fed += len(chunk)
        self._n_without = 0 if self._n_started else self._n_without + len(chunk)
        self._budget.count(self._n_started)
        self._n_started = 0
        unfinished = self._n_fed - self._parser.CurrentByteIndex
        if not self.broken and max(unfinished, self._n_without) > _LONGEST:
            raise too_large(self._path, f"a tag or text of it has more than {_LONGEST:,} signs")

    def close(self) -> None:
        """Learn that the part is complete."""
        self._parse(b"", True)

    def _parse(self, chunk: bytes, is_last: bool) -> None:
        if self.broken:
            return
        try:
            self._parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            self.broken = str(error)

    # These two are called for every element of the file.
    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        self._n_started += 1
        name = self._names.get(tag)
        if name is None:
            name = self._local(tag)
        self.start(name, attributes)

    def _ended(self, tag: str) -> None:
        self.end(self._names[tag])

    def _local(self, tag: str) -> str:
        name = tag.rpartition(":")[2]
        if len(self._names) >= _MAX_NAMES:
            raise too_large(self._path, f"it has more than {_MAX_NAMES:,} kinds of XML elements")
        self._names[tag] = name
        return name
