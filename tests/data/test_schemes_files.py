"""Files of class schemes: those that come with the program, a person's own, and broken ones."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import LabelError, StorageError
from meviewer.core.labels import Basis, ClassScheme
from meviewer.data.scheme_text import from_toml, to_toml
from meviewer.data.schemes import (
    FORMER_NAMES,
    Origin,
    built_in_folder,
    find_schemes,
    folder_of,
    project_folder,
    read_scheme,
    remove_scheme,
    user_folder,
    write_scheme,
)

CASME2 = {
    "others": 99, "disgust": 63, "happiness": 32, "repression": 27, "surprise": 25,
    "sadness": 7, "fear": 2,
}  # fmt: skip
SAMM = {
    "Anger": 57, "Other": 26, "Happiness": 26, "Surprise": 15, "Contempt": 12, "Disgust": 9,
    "Fear": 8, "Sadness": 6,
}  # fmt: skip
MMEW = {
    "surprise": 89, "disgust": 72, "others": 66, "happiness": 36, "fear": 16, "sadness": 13,
    "anger": 8,
}  # fmt: skip
CASME3_A = {
    "disgust": 250, "surprise": 187, "others": 158, "Others": 3, "fear": 86, "anger": 64,
    "sad": 57, "happy": 55,
}  # fmt: skip
CASME3_C = {"negative": 99, "surprise": 30, "others": 20, "positive": 16}
CASME_SQUARED = {"negative": 21, "others": 19, "surprise": 9, "positive": 8}
SMIC = {"negative": 70, "positive": 51, "surprise": 43}
DFME = {
    "disgust": 548, "surprise": 298, "sadness": 278, "fear": 265, "happiness": 206, "anger": 161,
    "contempt": 100,
}  # fmt: skip
CASME2_OBJECTIVE = {"III": 93, "VII": 79, "I": 30, "V": 18, "II": 18, "IV": 15, "VI": 2}
SAMM_OBJECTIVE = {"VII": 84, "I": 24, "III": 20, "II": 13, "IV": 8, "VI": 7, "V": 3}

TEXT = """name = "mine"
classes = ["a", "b"]
[mapping]
fear = "a"
joy = "b"
"""


def scheme(name="mine", classes=("a", "b"), mapping=None):
    return ClassScheme(name, classes, {"fear": "a"} if mapping is None else mapping)


def dealt(name, rows):
    """Return the class counts of a scheme over the rows of a sheet, and what maps to nothing."""
    found = find_schemes().find(name).scheme
    counts, nothing = Counter(), Counter()
    for word, n in rows.items():
        number = found.class_of(word)
        if number is None:
            nothing[word] += n
        else:
            counts[found.classes[number]] += n
    return dict(counts), dict(nothing)


@pytest.mark.parametrize(
    ("name", "rows", "total", "nothing"),
    [
        ("casme2-5", CASME2, 246, {"sadness": 7, "fear": 2}),
        ("casme2-7", CASME2, 255, {}),
        ("casme2-3", CASME2, 147, {"others": 99, "sadness": 7, "fear": 2}),
        ("megc2019-3", CASME2, 156, {"others": 99}),
        ("common-5", CASME2, 255, {}),
        ("samm-5", SAMM, 136, {"Disgust": 9, "Fear": 8, "Sadness": 6}),
        ("samm-8", SAMM, 159, {}),
        ("megc2019-3", SAMM, 133, {"Other": 26}),
        ("smic-3", SMIC, 164, {}),
        ("megc2019-3", SMIC, 164, {}),
        ("mmew-6", MMEW, 234, {"others": 66}),
        ("mmew-7", MMEW, 300, {}),
        ("casme-squared-4", CASME_SQUARED, 57, {}),
        ("casme3-7", CASME3_A, 860, {}),
        ("casme3-4", CASME3_A, 860, {}),
        ("casme3-4", CASME3_C, 165, {}),
        ("casme3-7", CASME3_C, 50, {"negative": 99, "positive": 16}),
        ("dfme-7", DFME, 1856, {}),
        ("common-4", CASME2, 255, {}),
        ("common-7", SAMM, 159, {}),
        ("common-7", CASME2, 255, {}),
        ("objective-5", CASME2_OBJECTIVE, 174, {"VII": 79, "VI": 2}),
        ("objective-5", SAMM_OBJECTIVE, 68, {"VII": 84, "VI": 7}),
        ("objective-7", CASME2_OBJECTIVE, 255, {}),
        ("objective-7", SAMM_OBJECTIVE, 159, {}),
    ],
)
def test_schemes_deal_out_the_published_counts(name, rows, total, nothing):
    counts, left = dealt(name, rows)
    assert sum(counts.values()) == total
    assert left == nothing


def test_classes_have_the_counts_and_numbers_that_papers_report():
    assert dealt("casme2-5", CASME2)[0] == {
        "others": 99, "disgust": 63, "happiness": 32, "repression": 27, "surprise": 25,
    }  # fmt: skip
    assert dealt("megc2019-3", SAMM)[0] == {"negative": 92, "positive": 26, "surprise": 15}
    assert dealt("casme2-3", CASME2)[0]["negative"] == 90  # less two rows that MEGC omits: 88
    assert dealt("casme3-4", CASME3_A)[0]["negative"] == 457
    shelf = find_schemes()
    assert shelf.find("megc2019-3").scheme.classes == ("negative", "positive", "surprise")
    dfme = shelf.find("dfme-7").scheme.classes
    assert dfme == ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")


def test_several_classes_of_4dme_on_one_clip_count_only_where_they_agree():
    found = find_schemes().find("4dme-5").scheme
    assert found.class_of("negative+surprise") is None
    assert found.classes[found.class_of("Repression")] == "repression"


def test_every_scheme_that_comes_with_the_program_says_what_it_is():
    shelf = find_schemes()
    files = list(built_in_folder().glob("*.toml"))
    assert len(shelf.stored) == len(files) >= 17
    assert not shelf.findings
    for stored in shelf.stored:
        made = stored.scheme
        assert stored.path.stem == made.name
        assert made.title
        assert made.text
        assert set(made.mapping.values()) == set(made.classes), made.name
        assert not stored.editable
    titles = [one.words for one in shelf.schemes]
    assert len(set(titles)) == len(titles)


def test_stored_experiments_find_the_schemes_by_the_names_they_had():
    shelf = find_schemes()
    for former, name in FORMER_NAMES.items():
        assert shelf.find(former).scheme.name == name
    assert shelf.find("3: MEGC").scheme.class_of("contempt") == 0
    assert shelf.find("nothing") is None


def test_a_scheme_is_read_back_as_it_was_written(tmp_path):
    made = ClassScheme(
        'odd "name" ü', ("a b", "c"), {"no tion": "c", "3": "a b"}, Basis.OBJECTIVE, "T", "\x7f x"
    )
    path = write_scheme(made, tmp_path / "new")
    assert read_scheme(path) == made
    assert path.name == "odd-name.toml"


@given(
    st.text("ab \"'\\=#[]ü\n\t", max_size=12),
    st.dictionaries(st.sampled_from(["fear", "joy", "a.b", 'q"', "x=y"]), st.sampled_from("ab")),
)
@settings(deadline=None, max_examples=60)
def test_any_text_and_words_are_read_back(text, mapping):
    made = replace(scheme(mapping=mapping), text=text.strip())
    assert from_toml(to_toml(made)) == made


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"a", "b"', '"a", "a"', 2, "two classes 'a'"),
        ('["a", "b"]', "[]", 2, "list of 1 to"),
        ('["a", "b"]', '["a", 3]', 2, "3 is no name"),
        ('fear = "a"', 'fear = "c"', 4, "'c', which is no class.*a, b"),
        ('joy = "b"', 'Fear = "b"', 5, "twice"),
        ('name = "mine"', 'name = "own"', 1, "taken"),
        ('name = "mine"', 'name = " "', 1, "empty"),
        ('name = "mine"', "name = 4", 1, "no text"),
        ('name = "mine"', 'name = "mine"\nmade_from = "colour"', 2, "'colour'.*objective"),
        ('name = "mine"', 'name = "mine"\ncolor = 1', 2, "no field 'color'"),
        ('name = "mine"', "name = ", 1, "no TOML"),
        ('"b"\n', '"b', 5, "no TOML"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path, old, new, line, words):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(LabelError, match=words) as caught:
        read_scheme(path)
    assert caught.value.where == f"{path}, line {line}"
    assert caught.value.now


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 20_000, b"a" * 300_000, b"name='x'"])
def test_a_file_that_is_no_scheme_is_refused(tmp_path, data):
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    with pytest.raises(LabelError):
        read_scheme(path)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=80)
def test_no_file_does_worse_than_be_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_bytes(data)
    with pytest.raises(LabelError):
        read_scheme(path)


def test_the_users_scheme_hides_a_built_in_one_and_the_projects_hides_both(tmp_path):
    write_scheme(scheme("casme2-5", ("user",), {}), user_folder())
    assert find_schemes().find("casme2-5").scheme.classes == ("user",)
    write_scheme(scheme("casme2-5", ("project",), {}), project_folder(tmp_path))
    shelf = find_schemes(tmp_path)
    found = shelf.find("5: CASME II")
    assert found.scheme.classes == ("project",)
    assert (found.origin, found.editable) == (Origin.PROJECT, True)
    assert [one.kind for one in shelf.findings] == ["scheme-hidden"] * 2
    remove_scheme(found)
    assert find_schemes(tmp_path).find("casme2-5").origin is Origin.USER


def test_a_broken_file_hides_nothing_and_is_said(tmp_path):
    folder = project_folder(tmp_path)
    write_scheme(scheme(), folder)
    (folder / "broken.toml").write_text("name = ")
    (folder / "zz.toml").write_text(TEXT)
    shelf = find_schemes(tmp_path)
    assert shelf.find("mine").scheme == scheme()
    assert {one.kind for one in shelf.findings} == {"scheme-unreadable", "scheme-twice"}
    assert any("broken.toml, line 1" in one.text for one in shelf.findings)


def test_saving_again_replaces_and_names_that_look_alike_do_not_collide(tmp_path):
    first = write_scheme(scheme("A b"), tmp_path)
    other = write_scheme(scheme("a-b"), tmp_path)
    assert first != other
    assert write_scheme(scheme("A b", ("x",), {}), tmp_path) == first
    assert read_scheme(first).classes == ("x",)
    assert read_scheme(other).name == "a-b"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["../x", "con", "x/y", "...", "ü", "a" * 60])
def test_a_name_never_leads_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "in"
    path = write_scheme(scheme(name), folder)
    assert path.parent == folder
    assert read_scheme(path).name == name
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("bad", [scheme(""), scheme("own"), scheme(classes=()), scheme("a\nb")])
def test_a_scheme_that_could_not_be_read_back_is_not_written(tmp_path, bad):
    with pytest.raises(LabelError):
        write_scheme(bad, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_built_in_schemes_cannot_be_removed():
    stored = find_schemes().find("casme2-5")
    with pytest.raises(LabelError, match=r"comes with the program. Duplicate"):
        remove_scheme(stored)
    assert stored.path.exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_an_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError):
        write_scheme(scheme(), tmp_path / "new")


def test_a_file_in_the_way_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "schemes").write_text("in the way")
    with pytest.raises(StorageError):
        write_scheme(scheme(), project_folder(tmp_path))
    assert find_schemes(tmp_path).find("casme2-5") is not None


def test_without_a_project_there_is_no_folder_of_its_own():
    assert folder_of(Origin.PROJECT, None) is None
    assert folder_of(Origin.USER, None) == user_folder()
