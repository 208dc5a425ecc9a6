"""Random documents through the formats of other programs: nothing shifts, losses are said."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from exchange_cases import FORMATS
from exchange_documents import MANY, RATES, bare, documents, labels_of, random_document
from hypothesis import given, settings

from meviewer.data.formats import megc, nova

_WHOLE = ("boris", "activitynet", "coco")
_LABELS_ONLY = ("boris-events", "datavyu")


def _expected(name, document):
    """What must come back, by what the format said that it cannot hold."""
    if name in _WHOLE:
        return labels_of(document)
    if name in _LABELS_ONLY:
        return {names: tier for names, tier in labels_of(document).items() if tier.events}
    plain = Counter()
    for (subject, clip, coder), tier in labels_of(document).items():
        at = document.find(subject, clip)
        for event in tier:
            if name == "nova":
                confidence = None if event.confidence == 1 else event.confidence
                fields = (coder, nova.label_of(event.emotion), confidence)
                plain[subject, clip, event.onset, event.offset, *fields] += 1
            elif event.kind != "blink":
                plain[subject, clip, event.onset, event.offset, megc.kind_of(at, event)] += 1
    return plain


def _came_back(name, document):
    if name in (*_WHOLE, *_LABELS_ONLY):
        return labels_of(document)
    found = Counter()
    for (subject, clip, coder), tier in labels_of(document).items():
        for event in tier:
            more = (coder, event.emotion, event.confidence) if name == "nova" else (event.kind,)
            found[subject, clip, event.onset, event.offset, *more] += 1
    return found


def _check(name, document, folder):
    chosen = FORMATS[name]
    target = folder / f"out{chosen.suffixes[0]}" if chosen.scope == "project" else folder / "out"
    written = chosen.write(document, target)
    if written:
        found = chosen.read(target, bare(document))
        assert _came_back(name, found.document) == _expected(name, document), found.findings
        assert found.findings == ()
        if found.document != document and labels_of(found.document) != labels_of(document):
            assert chosen.losses(document)
    for path in written:
        path.unlink()


@pytest.mark.parametrize("name", FORMATS)
def test_random_documents_come_back_at_every_rate(name, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    for rate in RATES:
        dice = random.Random(f"{name} {rate}")
        for _ in range(6):
            _check(name, random_document(dice, rate), tmp_path)


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=25)
@given(document=documents())
def test_documents_by_hypothesis_come_back(name, document, tmp_path_factory):
    _check(name, document, tmp_path_factory.mktemp("documents"))


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.4g}fps")
@pytest.mark.parametrize("name", FORMATS)
def test_many_documents_come_back_at_each_rate(name, rate, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    dice = random.Random(f"slow {name} {rate}")
    for _ in range(MANY):
        _check(name, random_document(dice, rate), tmp_path)
