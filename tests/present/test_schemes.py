"""Class schemes beside the labels of a project, and changes to them with the way back."""

from __future__ import annotations

import pytest
import training_project

from meviewer.core.annotation import Annotation
from meviewer.core.errors import LabelError, StorageError
from meviewer.core.events import Event, Keyframes
from meviewer.core.labels import ClassScheme, own_classes
from meviewer.core.scheme_edits import add_class, assign
from meviewer.data.schemes import Origin, find_schemes, project_folder, user_folder
from meviewer.present.scheme_desk import SchemeDesk, free_name
from meviewer.present.schemes import LabelWords, view, words_of
from meviewer.present.training_form import FormState, edit, groups
from meviewer.present.training_offer import Offer, with_schemes

CASME2 = {
    "others": 99, "disgust": 63, "happiness": 32, "repression": 27, "surprise": 25,
    "sadness": 7, "fear": 2,
}  # fmt: skip


def labels(rows, objective=""):
    """As many events of each emotion as a sheet has rows, of four subjects."""
    return tuple(
        LabelWords(f"sub{n % 4 + 1:02d}", emotion, objective)
        for emotion, count in rows.items()
        for n in range(count)
    )


def scheme(name):
    return find_schemes().find(name).scheme


def test_the_five_classes_of_casme2_leave_out_nine_rows_and_say_which():
    found = view(scheme("casme2-5"), labels(CASME2))
    assert found.summary == "246 of 255 events mapped; maps to nothing: sadness 7, fear 2"
    assert found.unmapped == (("sadness", 7), ("fear", 2))
    assert [(row.name, row.n_events) for row in found.classes] == [
        ("happiness", 32), ("disgust", 63), ("repression", 27), ("surprise", 25), ("others", 99),
    ]  # fmt: skip
    assert {row.n_subjects for row in found.classes} == {4}


def test_the_three_classes_of_megc_leave_out_others():
    found = view(scheme("megc2019-3"), labels(CASME2))
    assert found.unmapped == (("others", 99),)


def test_every_word_of_labels_and_scheme_has_a_row_with_its_class():
    rows = {
        row.word: row for row in view(scheme("megc2019-3"), labels({"Fear": 3, "odd": 1})).words
    }
    assert (rows["fear"].class_name, rows["fear"].n_events) == ("negative", 3)
    assert (rows["odd"].class_name, rows["odd"].n_events, rows["odd"].n_subjects) == ("", 1, 1)
    assert (rows["contempt"].class_name, rows["contempt"].n_events) == ("negative", 0)
    assert list(rows)[-1] == "positive"


def test_subjects_that_are_spelt_differently_are_one():
    found = view(scheme("casme2-5"), (LabelWords("1", "fear", ""), LabelWords("sub01", "fear", "")))
    assert next(row for row in found.words if row.word == "fear").n_subjects == 1


def test_objective_classes_are_read_in_roman_numbers():
    found = view(scheme("objective-5"), (*labels({"fear": 2}, "7"), *labels({"fear": 1}, "III")))
    assert found.head == "Objective class"
    assert [row.text for row in found.words] == ["I", "II", "III", "IV", "V", "VII"]
    assert found.unmapped == (("VII", 2),)
    assert found.classes[2].n_events == 1


def test_events_without_a_word_are_counted_apart():
    found = view(scheme("objective-7"), labels({"fear": 4}))
    assert (found.n_unnamed, found.unmapped) == (4, ())
    assert found.summary == "0 of 4 events mapped; without objective class: 4"
    assert view(scheme("objective-7"), ()).summary == "No labels to count"


def test_a_long_list_of_words_is_cut():
    found = view(scheme("casme2-5"), labels({f"word {n:02d}": 1 for n in range(20)}))
    assert found.summary.endswith("and 8 more")


def test_words_of_a_tier_take_the_emotion_of_the_sample_where_there_is_none(tmp_path):
    with training_project.make_project(tmp_path / "p", 1, 2, unlabelled=0) as project:
        assert [one.emotion for one in words_of(project, "truth")] == ["happiness", "disgust"]
        event = Event(1, Keyframes(1, 2, 3), "", objective="4")
        project.set_tier(1, "truth", Annotation((event,)), "x")
        assert words_of(project, "truth")[0] == LabelWords("sub01", "", "4")
        assert words_of(project, "nobody") == ()


# ------------------------------------------------------------------ the desk
@pytest.fixture
def desk(tmp_path):
    return SchemeDesk(tmp_path, labels({"fear": 2, "odd": 1}))


def test_the_list_begins_with_each_emotion_and_what_is_built_in(desk):
    assert desk.entries[0].scheme == own_classes(["fear", "odd"])
    assert desk.chosen.name == "own"
    assert not any(entry.editable for entry in desk.entries)
    assert {entry.whose for entry in desk.entries} == {"built-in"}
    desk.choose("3: MEGC")
    assert desk.chosen.name == "megc2019-3"
    desk.choose("nothing")
    assert desk.chosen.name == "megc2019-3"


def test_what_is_built_in_is_changed_only_in_a_copy(desk, tmp_path):
    desk.choose("casme2-5")
    with pytest.raises(LabelError, match="Duplicate it"):
        desk.change(add_class(desk.chosen.scheme, "fear"))
    with pytest.raises(LabelError, match="comes with"):
        desk.remove()
    desk.duplicate(free_name(desk), Origin.PROJECT)
    assert (desk.chosen.name, desk.chosen.whose) == ("casme2-5 copy", "project")
    desk.change(assign(desk.chosen.scheme, "fear", "others"))
    again = find_schemes(tmp_path).find("casme2-5 copy").scheme
    assert again.class_of("fear") == 4
    assert free_name(desk) == "casme2-5 copy copy"


def test_each_change_can_be_taken_back_and_made_again(desk, tmp_path):
    desk.duplicate("mine", Origin.USER)
    first = desk.chosen.scheme
    desk.change(add_class(first, "new"))
    desk.change(assign(desk.chosen.scheme, "odd", "new"))
    last = desk.chosen.scheme
    desk.remove()
    assert find_schemes(tmp_path).find("mine") is None
    assert desk.chosen.name == "own"
    desk.undo()
    assert desk.chosen.scheme == last
    desk.undo()
    desk.undo()
    assert desk.chosen.scheme == first
    desk.undo()
    assert not desk.can_undo
    assert not list(user_folder().glob("*.toml"))
    for _ in range(3):
        desk.redo()
    assert find_schemes(tmp_path).find("mine").scheme == last
    desk.change(first)
    assert not desk.can_redo


@pytest.mark.parametrize("name", ["", "own", "casme2-5", "5: CASME II", "a\nb", "x" * 61])
def test_a_copy_needs_a_name_of_its_own(desk, name):
    with pytest.raises(LabelError, match="cannot be copied"):
        desk.duplicate(name, Origin.USER)
    assert not desk.can_undo


def test_without_a_project_there_is_no_place_in_it():
    desk = SchemeDesk(None)
    with pytest.raises(LabelError, match="No project"):
        desk.duplicate("x", Origin.PROJECT)
    desk.duplicate("x", Origin.USER)
    assert desk.chosen.scheme.classes == ("others",)


def test_what_the_disk_refuses_has_not_happened(desk, tmp_path):
    desk.duplicate("mine", Origin.PROJECT)
    before = desk.chosen.scheme
    folder = project_folder(tmp_path)
    folder.rename(tmp_path / "away")
    folder.write_text("in the way")
    with pytest.raises(StorageError):
        desk.change(add_class(before, "new"))
    folder.unlink()
    (tmp_path / "away").rename(folder)
    assert desk.chosen.scheme == before
    desk.change(add_class(before, "new"))
    desk.undo()
    assert desk.chosen.scheme == before


# ------------------------------------------------------------------ the form of an experiment
def choices(state, offer):
    fields = {field.name: field for group in groups(state, offer) for field in group.fields}
    return fields["class_scheme"]


def test_the_form_offers_every_scheme_by_its_title(desk):
    desk.duplicate("mine", Origin.USER)
    field = choices(FormState(), with_schemes(Offer(), desk.shelf))
    offered = {one.value: one.text for one in field.choices}
    assert offered["own"] == "each emotion"
    assert offered["casme2-5"] == "CASME II, 5 classes"
    assert offered["mine"] == "mine"
    assert "happiness, disgust" in next(o.tip for o in field.choices if o.value == "casme2-5")


def test_the_form_shows_former_names_as_what_they_are_and_missing_ones_as_missing(desk):
    offer = with_schemes(Offer(), desk.shelf)
    field = choices(edit(FormState(), "class_scheme", "3: MEGC"), offer)
    assert field.value == "megc2019-3"
    field = choices(edit(FormState(), "class_scheme", "gone"), offer)
    assert field.value == "gone"
    assert (field.choices[-1].text, field.choices[-1].enabled) == ("gone (not found)", False)


def test_a_scheme_that_only_names_is_a_value():
    assert hash(ClassScheme("a", ("b",), {})) == hash(ClassScheme("a", ("b",), {"c": "b"}))
