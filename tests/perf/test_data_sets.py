"""Many clips: how long an import takes, and whether the list of ten thousand can be scrolled."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from factories import annotation, event
from miniatures import casme2, making
from perf.timing import told
from PySide6.QtWidgets import QListView

from meviewer.data import registry
from meviewer.project.importing import create_project
from meviewer.project.project import Project

pytestmark = pytest.mark.perf
_IMPORT_LIMIT_S, _SCROLL_LIMIT_MS = 40.0, 60.0


@pytest.fixture
def casme2_of_255(tmp_path):
    """The layout of CASME II with 255 clips of 60 images."""
    root, rows = tmp_path / "CASME II", []
    for number in range(255):
        subject, clip = f"{number % 26 + 1:02d}", f"EP{number // 10 + 1:02d}_{number % 10 + 1:02d}"
        folder = root / "CASME2-RAW" / f"sub{subject}" / clip
        making.write_frames(folder, range(1, 61), size=(12 + number % 9, 10))
        rows.append((subject, clip, None, 10, 30, 50, None, "4", "disgust", 3))
    sheets = {"Sheet1": [casme2.HEADER_2019, *rows], "Sheet2": [], "Sheet3": []}
    making.write_xlsx(root / "CASME2-coding-20190701.xlsx", sheets)
    return root


def test_a_data_set_of_255_clips_is_imported_without_decoding_it(casme2_of_255, tmp_path):
    """Goal: 10 s with images of the real size."""
    begun = time.perf_counter()
    report = registry.reader("casme2").read(casme2_of_255)
    done = create_project(tmp_path / "project", casme2_of_255, report)
    spent_s = time.perf_counter() - begun
    assert (done.n_samples, report.skipped) == (255, ())
    assert spent_s < _IMPORT_LIMIT_S, f"{spent_s:.1f} s"


@pytest.fixture
def empty_window(qtbot, qapp):
    """A window without a project."""
    from meviewer.gui.main_window import MainWindow
    from meviewer.gui.theme import Theme
    from meviewer.project.settings import Settings

    theme = Theme("dark")
    theme.apply(qapp)
    made = MainWindow(theme, Settings())
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    yield made
    made.close()


def test_the_list_of_ten_thousand_clips_can_be_scrolled(tmp_path, empty_window, qtbot):
    """Goal: 16 ms a picture."""
    window, folder = empty_window, tmp_path / "project"
    with Project.create(folder, "many", tmp_path) as project, project.bulk():
        for number in range(10_000):
            sample = project.add_sample(
                f"s{number % 100:03d}",
                f"clip{number:05d}",
                tmp_path / "nowhere",
                fingerprint="none",
                rate=Fraction(200),
                n_frames=40,
                first_number=1,
                width=40,
                height=48,
            )
            project.set_tier(sample.id, "A", annotation(event(1, 9, 19, 29)), "import")
    window.context.workspace.open_path(folder)
    view = next(v for v in window.findChildren(QListView) if v.accessibleName() == "Clips")
    qtbot.waitUntil(lambda: view.model().rowCount() == 10_000, timeout=30_000)
    qtbot.waitUntil(lambda: not window.busy, timeout=30_000)
    bar = view.verticalScrollBar()
    spent_ms = []
    for step in range(200):
        begun = time.perf_counter()
        bar.setValue(bar.maximum() * step // 200)
        view.viewport().repaint()
        spent_ms.append((time.perf_counter() - begun) * 1000)
    assert told("scrolling", spent_ms) < _SCROLL_LIMIT_MS
