"""What an experiment learns from: the fields of labels, motion and augmentation."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from meviewer.experiment.form import about

GROUP = "Data"


class DataFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data of an experiment; each field says what it means in its annotation."""

    label_tier: Annotated[
        str,
        about("Labels", "Whose keyframes and emotions are learnt.", group=GROUP),
    ] = "truth"
    test_tier: Annotated[
        str,
        about(
            "Test labels",
            "Whose keyframes the test clips have; empty: the same labels as the training clips."
            " Events without a partner in these labels are left out.",
            group=GROUP,
        ),
    ] = ""
    emotion_tier: Annotated[
        str,
        about(
            "Emotions",
            "Whose emotions are learnt, where the labels are re-selected keyframes alone; empty:"
            " those of the labels.",
            group=GROUP,
        ),
    ] = ""
    class_scheme: Annotated[
        str,
        about(
            "Classes",
            "How labels become classes: 'own' makes each emotion that occurs a class; another name"
            " is that of a class scheme, such as casme2-5 or megc2019-3.",
            group=GROUP,
        ),
    ] = "own"
    representation: Annotated[
        Literal[
            "flow-tvl1",
            "flow-dis",
            "flow-farneback",
            "dynamic",
            "dual-dynamic",
            "keyframes",
            "mm-cof",
        ],
        about(
            "Motion",
            "What of an event is looked at: optical flow of its phases by one of three methods, the"
            " dynamic image of the whole event or of each phase, the three frames themselves, or"
            " both flows in one picture (MM-COF). A network refuses what it is not made for.",
            group=GROUP,
        ),
    ] = "flow-tvl1"
    input_px: Annotated[
        int,
        about(
            "Input size",
            "Width and height to which the motion is averaged. Larger sees more and takes longer.",
            unit="px",
            group=GROUP,
            low=14,
            high=448,
        ),
    ] = 28
    alignment: Annotated[
        Literal["none", "face"],
        about(
            "Alignment",
            "'face' first cuts the face out of all frames of a clip by one transform: eyes level,"
            " at a fixed place and distance. Clips without a known face are skipped. For recordings"
            " that are no crops yet; aligning crops again only blurs them.",
            group=GROUP,
        ),
    ] = "none"
    pictures: Annotated[
        str,
        about(
            "Flow pictures",
            "A folder of ready pictures of u, v and strain, instead of the clips of a project. They"
            " hold one phase; labels and motion are then not looked at.",
            group=GROUP,
        ),
    ] = ""
    pictures_pattern: Annotated[
        str,
        about(
            "Path pattern",
            "Where subject and class stand. Parts of a picture's path: {subject}, {class}, "
            "{dataset}, {name}; * is any part.",
            group=GROUP,
        ),
    ] = "{subject}/{class}/{name}"
    pictures_table: Annotated[
        str,
        about(
            "Table",
            "A CSV file or spreadsheet with the columns file, subject, class and, if there are"
            " several, dataset; the pattern is then not looked at.",
            group=GROUP,
        ),
    ] = ""
    pictures_channels: Annotated[
        Literal["u-v-strain", "strain-v-u"],
        about(
            "Channels",
            "What red, green and blue hold. An array of u, v, strain that OpenCV has written is"
            " 'strain-v-u'.",
            group=GROUP,
        ),
    ] = "u-v-strain"
    normalisation: Annotated[
        Literal["sample", "data-set"],
        about(
            "Normalisation",
            "'sample' divides each clip's motion by its own strength; 'data-set' divides all clips"
            " by one robust scale, taken from the training subjects of each fold.",
            group=GROUP,
        ),
    ] = "sample"
    mirror: Annotated[
        bool,
        about(
            "Mirror",
            "Show half of the training clips mirrored (the horizontal flow changes its sign), and"
            " average both views of a test clip.",
            group=GROUP,
        ),
    ] = True
    mirror_test: Annotated[
        bool,
        about(
            "Both test views",
            "With 'mirror': average both views of a test clip. Without it the test sees each clip"
            " as it is, so that runs with and without mirroring have the same test.",
            group=GROUP,
        ),
    ] = True
    rotation_deg: Annotated[
        float,
        about(
            "Rotation",
            "Turn each training clip by up to this angle, at random; the vectors of a flow turn"
            " with it. 0 turns none.",
            unit="deg",
            group=GROUP,
            low=0,
            high=45,
        ),
    ] = 0.0
    crop_px: Annotated[
        int,
        about(
            "Crop",
            "Move each training clip by up to this many pixels of the input, at random: a crop"
            " with padding. 0 moves none.",
            unit="px",
            group=GROUP,
            low=0,
            high=64,
        ),
    ] = 0
    dual_phase: Annotated[
        bool,
        about(
            "Phases as samples",
            "Learn the dynamic images of rise and fall as samples of their own beside that of the"
            " whole event, with one label. The test sees the whole event alone. The number of"
            " steps stays the same.",
            group=GROUP,
        ),
    ] = False
    shuffle_labels: Annotated[
        bool,
        about(
            "Shuffle labels",
            "Control: deal the labels out at random. What is then scored above chance is a fault of"
            " the protocol, not skill.",
            group=GROUP,
        ),
    ] = False
