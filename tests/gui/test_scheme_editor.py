"""The window on class schemes: what it shows of a project, changes by mouse and keys, errors."""

from __future__ import annotations

import pytest
import training_project
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox

from meviewer.core.labels import ClassScheme
from meviewer.data.schemes import (
    Origin,
    find_schemes,
    project_folder,
    user_folder,
    write_scheme,
)
from meviewer.gui.dialogs import scheme_editor
from meviewer.gui.dialogs.scheme_editor import SchemeEditor

_Key, _Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def names(monkeypatch):
    """What the user enters when asked for a name, one after the other; shown: what was proposed."""
    entered, shown = [], []

    def ask(parent, title, words, text=""):
        shown.append(text)
        return entered.pop(0) if entered else None

    monkeypatch.setattr(scheme_editor, "ask_name", ask)
    return entered, shown


@pytest.fixture
def small_project(tmp_path):
    """Two subjects with two clips each and no frames; A has labelled three, all disgust."""
    folder = tmp_path / "project"
    with training_project.make_project(folder, 2, 2, "A", unlabelled=4) as made:
        for sample_id in (1, 2, 3):
            training_project.label(made, sample_id, "A", "Disgust")
    return folder


@pytest.fixture
def opened(window, small_project, qtbot):
    """The window on that project."""
    workspace = window.context.workspace
    workspace.open_path(small_project)
    qtbot.waitUntil(lambda: workspace.project is not None)
    qtbot.waitUntil(lambda: not window.busy)
    return window


@pytest.fixture
def editor(opened, qtbot):
    """The editor on the small project."""
    made = SchemeEditor(opened.context, opened, "casme2-5", "A")
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(lambda: "3 of 3" in made.summary.text())
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def combo(editor, word):
    return editor.words.control(word).control


def choose(editor, word, text):
    box = combo(editor, word)
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def own(editor, names, name="mine", origin=Origin.USER):
    names[0].append(name)
    (editor.for_me if origin is Origin.USER else editor.for_project).click()


def listed(editor):
    return [cells[0].text for cells in editor.list.rows]


def test_it_shows_the_chosen_scheme_with_counts(editor):
    assert editor.desk.chosen.name == "casme2-5"
    assert editor.list.currentIndex().row() == listed(editor).index("CASME II, 5 classes")
    cells = [[cell.text for cell in row] for row in editor.classes.table.rows]
    assert cells[1] == ["1", "disgust", "3", "2"]
    assert cells[0] == ["0", "happiness", "–", "–"]
    assert editor.summary.text() == "3 of 3 events mapped"


def test_built_in_schemes_have_no_drop_downs_and_dead_buttons(editor):
    assert not combo(editor, "disgust").isVisible()
    assert not editor.remove.isEnabled()
    classes = editor.classes
    for button in (classes.add, classes.rename, classes.remove, classes.up, classes.down):
        assert not button.isEnabled()
    assert editor.for_me.isEnabled()


def test_a_copy_for_me_is_a_file_of_mine_and_is_chosen(editor, names):
    own(editor, names)
    assert names[1] == ["casme2-5 copy"]
    assert editor.desk.chosen.name == "mine"
    assert listed(editor)[1] == "mine"
    assert [path.name for path in user_folder().iterdir()] == ["mine.toml"]
    assert combo(editor, "disgust").isVisible()


def test_a_copy_into_the_project_lies_in_its_folder(editor, names, small_project):
    own(editor, names, origin=Origin.PROJECT)
    assert [path.name for path in project_folder(small_project).iterdir()] == ["mine.toml"]
    assert editor.list.rows[1][1].text == "project"


def test_leaving_a_word_out_is_counted_at_once_and_saved(editor, names, qtbot):
    own(editor, names)
    with qtbot.waitSignal(editor.changed):
        choose(editor, "disgust", "left out")
    assert editor.summary.text() == "0 of 3 events mapped; maps to nothing: disgust 3"
    assert find_schemes().find("mine").scheme.class_of("disgust") is None
    choose(editor, "disgust", "others")
    assert find_schemes().find("mine").scheme.class_of("disgust") == 4
    assert editor.summary.text() == "3 of 3 events mapped"


def test_classes_are_added_renamed_moved_and_removed(editor, names):
    own(editor, names)
    names[0].append("rest")
    editor.classes.add.click()
    assert editor.classes.current == "rest"
    editor.classes.up.click()
    names[0].append("remainder")
    editor.classes.rename.click()
    assert names[1][-1] == "rest"
    classes = find_schemes().find("mine").scheme.classes
    assert classes == (
        "happiness", "disgust", "repression", "surprise", "remainder", "others",
    )  # fmt: skip
    assert "remainder" in [combo(editor, "disgust").itemText(n) for n in range(7)]
    editor.classes.select("disgust")
    editor.classes.remove.click()
    assert editor.summary.text().endswith("maps to nothing: disgust 3")


def test_everything_can_be_done_by_keys(editor, names, qtbot):
    names[0].extend(["mine", "added", "renamed"])
    qtbot.keyClick(editor.list, _Key.Key_D, _Mod.ControlModifier)
    assert editor.desk.chosen.name == "mine"
    table = editor.classes.table
    table.setFocus()
    qtbot.keyClick(table, _Key.Key_Insert)
    qtbot.keyClick(table, _Key.Key_F2)
    qtbot.keyClick(table, _Key.Key_Up, _Mod.AltModifier)
    assert find_schemes().find("mine").scheme.classes[-2:] == ("renamed", "others")
    qtbot.keyClick(table, _Key.Key_Down, _Mod.AltModifier)
    qtbot.keyClick(table, _Key.Key_Delete)
    assert find_schemes().find("mine").scheme.classes[-1] == "others"
    box = combo(editor, "disgust")
    box.setFocus()
    qtbot.keyClick(box, _Key.Key_Home)
    assert editor.summary.text().endswith("disgust 3")
    qtbot.keyClick(editor, _Key.Key_Delete, _Mod.ControlModifier)
    assert find_schemes().find("mine") is None
    for _ in range(8):
        qtbot.keyClick(editor, _Key.Key_Z, _Mod.ControlModifier)
    assert not editor.desk.can_undo
    assert not editor.back.isEnabled()
    assert find_schemes().find("mine") is None
    qtbot.keyClick(editor, _Key.Key_Z, _Mod.ControlModifier | _Mod.ShiftModifier)
    assert find_schemes().find("mine") is not None


def test_tab_reaches_every_live_control(editor, names):
    own(editor, names)
    editor.list.setFocus()
    reached = set()
    for _ in range(80):
        editor.focusNextChild()
        reached.add(QApplication.focusWidget())
    live = editor.words.findChildren(QComboBox)
    assert {*live, editor.classes.table, editor.list, editor.for_me, editor.for_project} <= reached


def test_the_list_is_walked_with_the_arrows(editor, qtbot):
    editor.list.setFocus()
    qtbot.keyClick(editor.list, _Key.Key_Up)
    assert editor.desk.chosen.name == "casme2-3"
    qtbot.keyClick(editor.list, _Key.Key_Home, _Mod.ControlModifier)
    assert editor.desk.chosen.name == "own"
    assert [cells[1].text for cells in editor.classes.table.rows] == ["disgust"]


@pytest.mark.parametrize("name", ["disgust", "own\nx", "x" * 70])
def test_an_impossible_class_name_is_said_and_changes_nothing(editor, names, name):
    own(editor, names)
    before = find_schemes().find("mine").scheme
    names[0].append(name)
    editor.classes.add.click()
    assert editor.card.isVisible()
    assert find_schemes().find("mine").scheme == before
    choose(editor, "disgust", "left out")
    assert not editor.card.isVisible()


def test_a_disk_that_refuses_is_said_and_the_drop_down_goes_back(editor, names):
    own(editor, names)
    folder = user_folder()
    folder.rename(folder.with_name("away"))
    folder.write_text("in the way")
    choose(editor, "disgust", "left out")
    assert editor.card.isVisible()
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert combo(editor, "disgust").currentText() == "disgust"
    assert find_schemes().find("mine").scheme.class_of("disgust") == 1


def test_a_name_that_is_taken_is_said(editor, names):
    own(editor, names, "smic-3")
    assert editor.card.isVisible()
    assert not user_folder().exists()


def test_no_answer_changes_nothing(editor, names):
    editor.for_me.click()
    assert not user_folder().exists()


def test_another_coder_is_counted(opened, editor, qtbot):
    context = opened.context
    context.workspace.project.add_coder("B")
    again = SchemeEditor(context, opened, "casme2-5", "B")
    qtbot.addWidget(again)
    assert again.tiers.currentText() == "B"
    qtbot.waitUntil(lambda: not context.background.busy)
    assert again.summary.text() == "No labels to count"
    again.tiers.setCurrentText("A")
    again.tiers.activated.emit(again.tiers.currentIndex())
    qtbot.waitUntil(lambda: again.summary.text() == "3 of 3 events mapped")


def test_without_a_project_schemes_can_be_seen_and_copied(window, qtbot, names):
    editor = SchemeEditor(window.context, window)
    qtbot.addWidget(editor)
    assert editor.desk.chosen.name == "own"
    assert not editor.for_project.isEnabled()
    editor.desk.choose("smic-3")
    own(editor, names)
    assert find_schemes().find("mine").scheme.classes == ("negative", "positive", "surprise")


def test_both_themes_show_it(editor, theme):
    before = editor.grab().toImage()
    theme.toggle()
    QApplication.processEvents()
    assert editor.grab().toImage() != before
    theme.toggle()


def test_many_words_scroll_and_stay_inside(opened, qtbot):
    words = {f"word {n:03d}": "a" for n in range(100)}
    write_scheme(ClassScheme("many", ("a" * 60, "a"), words), user_folder())
    editor = SchemeEditor(opened.context, opened, "many", "A")
    qtbot.addWidget(editor)
    editor.open()
    assert editor.words.verticalScrollBar().maximum() > 0
    assert editor.words.horizontalScrollBar().maximum() == 0
    assert editor.width() <= 1280
    qtbot.waitUntil(lambda: not opened.context.background.busy)


# ------------------------------------------------------------------ from the window
def test_the_action_opens_it_and_the_form_follows_what_it_changes(opened, qtbot, names):
    opened.show_perspective("train")
    form = opened._perspectives["train"].form
    form._schemes_button(opened.context.theme).click()
    (editor,) = opened.findChildren(SchemeEditor)
    assert editor.isVisible()
    assert editor.desk.chosen.name == form.state.spec.class_scheme
    editor.list.select(3)
    editor.desk.choose("casme2-5")
    own(editor, names)
    box = form._form.control("class_scheme").control
    assert "mine" in [box.itemData(n) for n in range(box.count())]
    editor.close()
    qtbot.waitUntil(lambda: not opened.findChildren(SchemeEditor))
    opened.context.actions["schemes"].trigger()
    (again,) = opened.findChildren(SchemeEditor)
    assert again.desk.chosen.name == "own"
    again.close()
