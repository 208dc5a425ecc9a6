"""SMIC: three cameras, a short version without any sheet, and the long SMIC-E with workbooks.

Layouts::

    SMIC_all_raw/{HS,VIS,NIR}/s<N>/micro/<emotion>/s<N>_{ne,po,sur}_<NN>/image<digits>.bmp
    SMIC_all_cropped/HS/...                                            reg_image<digits>.bmp
    SMIC-E_raw image/HS_long/SMIC-HS-E_annotation.xlsx
    SMIC-E_raw image/HS_long/SMIC-HS-E/s<NN>/s<N>_ne_<NN>/image<digits>.jpg

Each camera and version is a set of pictures of its own: ``hs``, ``vis``, ``nir`` and the long
``hs-e``, ``vis-e``, ``nir-e``. The short version has no label file: there a "row" is a clip folder,
numbered from 1 by subject, emotion and number of the clip, and its event spans the whole clip.
Clips in folders ``non_micro`` are no events and are left out.

The workbooks of the long version count frames as the camera did: a place in the clip is the
number less that of the recording's first frame (FirstF). Nobody has labelled an apex.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import ClipError, LabelError
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Place
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.glance import is_mostly
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheets import find_files, needed_labels, needed_root
from meviewer.data.folder_listing import list_images
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.smic_clips import (
    EMOTIONS,
    TREES,
    VARIANTS,
    ClipName,
    identifier,
    is_long,
    parse_name,
    subject_number,
    variant_of,
)
from meviewer.data.readers.smic_sheet import sheet_drafts

TRAITS = Traits(
    name="smic",
    title="SMIC",
    emotions=frozenset(EMOTIONS.values()),
    trees=TREES,
    has_apex=False,
)
_RATES = {"hs": Fraction(100), "vis": Fraction(25), "nir": Fraction(25)}


@dataclass(frozen=True, slots=True)
class SmicReader:
    """Reads SMIC and SMIC-E, of one camera at a time."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder most of whose clips have names of SMIC.

        A sheet is named only where it is needed: where all clips are of the long version.
        """
        identify = identifier(root)
        if not is_mostly(root, lambda _path, parts: identify(parts[1:]) is not None):
            return None
        tree = ClipTree.scan(root, identify)
        if not tree.places:
            return None
        labels: list[Path] = []
        if all(is_long(name) for name in tree.trees):
            cameras = dict.fromkeys(variant_of(name) for name in TREES if name in tree.trees)
            labels += [path for camera in cameras for path in _sheets(root, camera)]
        why = f"its clips have names such as {tree.places[0].clip}"
        return Claim(self.name, self.title, why, tuple(labels))

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read one set of pictures: the wished one, or that of the sheet, or the best there is.

        A sheet that is named speaks of long clips, and of short ones only where no others are.

        Raises
        ------
        LabelError
            If the root is no folder or has no clip of SMIC, or the long version is to be read and
            its sheet is not found or lacks its columns.
        """
        options = options or ReadOptions()
        tree = ClipTree.scan(needed_root(root), identifier(root))
        if not tree.places:
            raise _no_clips(root)
        chosen = _chosen(tree, options.tree, labels)
        variant = variant_of(chosen)
        places = tree.of(chosen).places
        read: tuple[Path, ...] = ()
        if labels is not None and options.tree == chosen:
            # The set of pictures that is wished for has a sheet of its own.
            labels = labels if variant_of(labels.stem) in ("", variant) else None
        has_long = any(is_long(name) and variant_of(name) == variant for name in tree.trees)
        if not is_long(chosen) and (labels is None or has_long):
            drafts = Drafts(_folder_drafts(places))
        else:
            usual = f"SMIC-{variant.upper()}-E_annotation.xlsx"
            book = needed_labels(root, labels, _sheets(root, variant), "SMIC-E", usual)
            drafts, read = sheet_drafts(book, variant, places), (book.path,)
        traits = replace(TRAITS, rate=_RATES[variant])
        return examine(traits, drafts, tree, options=replace(options, tree=chosen), labels=read)


READER = SmicReader()


def _sheets(root: Path, variant: str) -> tuple[Path, ...]:
    return find_files(root, (f"smic?{variant}?e*annotation*",))


def _chosen(tree: ClipTree, wished: str, labels: Path | None) -> str:
    """Return the set of pictures to read; a sheet speaks of a long version, if there is one."""
    there = [name for name in TREES if name in tree.trees]
    if wished in there:
        return wished
    if labels is None:
        return there[0]
    variant = variant_of(labels.stem)
    of_camera = [name for name in there if variant_of(name) == variant] or there
    return next((name for name in of_camera if is_long(name)), of_camera[0])


def _folder_drafts(places: Sequence[Place]) -> tuple[DraftRow, ...]:
    named = [(name, place) for place in places if (name := parse_name(place.clip)) is not None]
    ordered = sorted(named, key=lambda pair: (pair[0], str(pair[1].path)))
    return tuple(_folder_draft(row, *pair) for row, pair in enumerate(ordered, 1))


def _folder_draft(row: int, name: ClipName, place: Place) -> DraftRow:
    fault, first, last = "", "", ""
    try:
        numbers = list_images(place.path).numbers
        first, last = str(numbers[0]), str(numbers[-1])
    except ClipError as error:
        fault = str(error)
    doubts = []
    if place.emotion.casefold() != name.emotion:
        text = f"The folder says {place.emotion!r}, the clip's name {name.emotion!r}"
        doubts.append(("folder-disagrees", text))
    if subject_number(place.subject) != name.subject:
        text = f"The folder says subject {place.subject!r}, the clip's name {name.subject}"
        doubts.append(("subject-disagrees", text))
    return DraftRow(
        row=row,
        subject=place.subject,
        clip=place.clip,
        onset=first,
        apex="",
        offset=last,
        emotion=place.emotion,
        doubts=tuple(doubts),
        fault=fault,
        cells=(("subject", place.subject), ("clip", place.clip), ("emotion", place.emotion)),
    )


def _no_clips(root: Path) -> LabelError:
    cameras = ", ".join(variant.upper() for variant in VARIANTS)
    return LabelError(
        "No clip of SMIC found",
        where=str(root),
        why="no folder below it has images and a name such as s3_ne_03",
        now=f"choose the folder that holds {cameras}, or the subjects' folders of one of them",
    )
