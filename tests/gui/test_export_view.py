"""Export a view: which one is meant, what is written, and what a video shows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu

from meviewer.data.clip import open_clip
from meviewer.gui.dialogs import export_film
from meviewer.gui.dialogs.export_film import Look
from meviewer.gui.dialogs.export_view import ExportViewDialog
from meviewer.gui.view_offers import meant, offers_in

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def dialog(opened, qtbot):
    """Makes the dialog for a part of the window."""

    def make(widget, ending):
        made = ExportViewDialog(opened.context, opened, widget)
        qtbot.addWidget(made)
        made.show()
        made.choose(ending)
        return made

    return make


def panels(window):
    annotate = window._perspectives["annotate"]
    return annotate.frame_panel.view, annotate.timeline.timeline


def written(dialog, target, qtbot):
    with qtbot.waitSignal(dialog.said, timeout=20_000):
        dialog.write(target)
    return target


def test_the_view_that_is_meant_is_that_of_the_menu_or_with_the_focus(opened):
    view, timeline = panels(opened)
    assert {one.widget for one in offers_in(opened)} == {view, timeline}
    assert meant(opened, view).widget is view
    timeline.setFocus()
    assert meant(opened, None).widget is timeline
    # The context menu means the view it belongs to, whatever has the focus.
    at = QPoint(20, 20)
    mouse = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(mouse, at, view.mapToGlobal(at)))
    menu = view.findChild(QMenu)
    (entry,) = menu.actions()
    assert entry.text() == "Export view…"
    entry.trigger()
    made = opened.findChild(ExportViewDialog)
    assert made.view.currentText() == "Frame view"
    made.reject()
    menu.close()


def test_pictures_have_a_caption_and_a_name_with_clip_and_keyframes(
    dialog, opened, tmp_path, qtbot
):
    view, timeline = panels(opened)
    made = dialog(timeline, ".svg")
    assert made.proposed == "s01_c01_113-127-151_timeline.svg"
    target = written(made, tmp_path / made.proposed, qtbot)
    texts = [node.text for node in ET.parse(target).iter(f"{SVG}text")]
    assert "Timeline: s01/c01" in texts
    assert "frames: onset 113, apex 127, offset 151" in texts
    # The scale of a PNG and the caption can be chosen.
    made = dialog(view, ".png")
    made.scale.setCurrentIndex(2)
    made.captioned.setChecked(False)
    made.scale.activated.emit(2)
    size = QImage(str(written(made, tmp_path / "frame", qtbot).with_name("frame.png"))).size()
    assert size == view.export_box().size() * 3
    assert made._size.text() == f"{size.width()} × {size.height()} px"
    # A folder that has gone is said in the dialog.
    made = dialog(timeline, ".pdf")
    made.write(tmp_path / "gone" / "view.pdf")
    qtbot.waitUntil(made._card.isVisible)
    assert "does not exist" in made._card.accessibleName()
    assert made.go.isEnabled()


def test_raw_values_are_the_frame_bit_for_bit_with_provenance(dialog, opened, tmp_path, qtbot):
    view, timeline = panels(opened)
    context = opened.context
    clip = context.workspace.session.clip
    made = dialog(view, ".h5")
    target = written(made, tmp_path / "frame.h5", qtbot)
    with h5py.File(target) as file:
        assert np.array_equal(file["values"][:], clip.frame(context.playhead.frame))
        assert file.attrs["clip_fingerprint"] == clip.fingerprint
        assert (file.attrs["onset"], file.attrs["apex"]) == (113, 127)
    # Curves are columns beside the frame numbers.
    made = dialog(timeline, ".csv")
    lines = written(made, tmp_path / "curves.csv", qtbot).read_text().splitlines()
    heads = lines[0].split(",")
    assert heads[:2] == ["frame", "time [ms]"]
    assert "Difference, from onset [RMS grey levels]" in lines[0].replace('"', "")
    assert lines[1].startswith("101,0.0,")
    assert len(lines) == 61


def film_of(made, look):
    made.film.look.setCurrentIndex(tuple(Look).index(look))
    return made


def check_look(opened, look):
    context = opened.context
    session = context.workspace.session
    film = export_film.Film(
        session.clip,
        context.analysis.motion,
        context.editor.selected,
        look,
        whole=False,
        speed=Fraction(1),
        numbered=False,
        opacity=0.8,
        ground="dark",
        options=context.pictures.options,
        magnify=context.magnification.params,
    )
    cover, legend, mark = export_film._shown(film)
    frame = session.clip.frame(26)
    shown = cover(26, frame)
    assert shown.shape == frame.shape
    assert np.array_equal(shown, frame) == (look is Look.BARE)
    assert bool(mark) == (look is Look.MAGNIFIED)
    assert bool(legend) == (look in (Look.DYNAMIC, Look.MM_COF))


def test_a_video_of_the_event_has_a_frame_for_each(dialog, opened, tmp_path, qtbot):
    view, _ = panels(opened)
    made = film_of(dialog(view, ".mp4"), Look.FLOW)
    assert made.proposed == "s01_c01_113-127-151_clip-flow.mp4"
    made._refresh()
    assert made._size.text() == "39 frames, 1.6 s at 25 fps"
    target = written(made, tmp_path / "flow.mp4", qtbot)
    with open_clip(target) as clip:
        assert (clip.n_frames, clip.rate) == (39, Fraction(25))
        assert clip.size[0] > 96, "the words stand below the frame"
    # A cancelled one leaves nothing.
    made = dialog(view, ".mp4")
    made.write(tmp_path / "clip.mp4")
    made._job.cancelled.emit()
    qtbot.waitUntil(lambda: not opened.context.background._waiting)
    assert not list(tmp_path.glob("clip.mp4"))
    assert not list(tmp_path.glob(".*"))
    assert made.go.isEnabled()


def test_looks_show_what_they_say_and_need_what_they_need(dialog, opened):
    for look in (Look.BARE, Look.DYNAMIC, Look.MM_COF, Look.MAGNIFIED):
        check_look(opened, look)
    opened.context.selection.set_event(None)
    made = dialog(panels(opened)[0], ".mp4")
    model = made.film.look.model()
    enabled = [model.item(at).isEnabled() for at in range(len(Look))]
    assert enabled == [True, True, True, False, False, True]
    assert made.film.whole.currentIndex() == 1


def test_the_plots_of_the_train_page_can_be_exported(window, qtbot):
    assert not offers_in(window)
    assert meant(window, None) is None
    window.show_perspective("train")
    titles = [one.describe().title for one in offers_in(window)]
    assert {"Confusion matrix", "Folds"} <= set(titles)
