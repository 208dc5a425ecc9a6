"""What is known of each network before torch is loaded: its words, configuration and input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from meviewer.experiment.form import Value
from meviewer.experiment.kernel_ridge import KernelConfig
from meviewer.experiment.spec import KERNEL
from meviewer.nn.families import ANY_SIZE, Sizes
from meviewer.nn.networks.configs import (
    DIANetConfig,
    GAMDSSConfig,
    LEARNetConfig,
    STSTNetConfig,
    TimmConfig,
)
from meviewer.nn.networks.fmanet_config import FULL, LIGHT

_HERE = "meviewer.nn.networks"
_TIMM = f"{_HERE}.timm_network:build"
_OF_PICTURES = ("dynamic", "mm-cof", "flow")
TIMM = "timm:"
"""What the name of any other network of timm begins with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One network.

    Attributes
    ----------
    title, help : str
        For people.
    defaults : msgspec.Struct
        Its configuration, frozen and typed.
    builder : str
        ``module:function``, imported when a network is made: a function of the number of classes
        and the configuration, and of ``model`` if there is one.
    suggested : mapping
        Fields of an experiment that suit the network, where they are not an experiment's defaults.
    one_phase : mapping or None
        Configuration with which the network runs on the rise alone; None if it cannot.
    learns : bool
        Whether it is a network at all: the kernel ridge is not, and needs no torch.
    takes : tuple of str
        The families of input it can be given, by `meviewer.nn.families`; the first is the one it
        is made for.
    sizes : Sizes
        Widths and heights it can be given; of other networks of timm, known when they are made.
    model : str
        Name in the library timm; empty for our own networks.
    """

    title: str
    help: str
    defaults: msgspec.Struct
    builder: str
    suggested: Mapping[str, object]
    one_phase: Mapping[str, Value] | None = None
    learns: bool = True
    takes: tuple[str, ...] = ("phases",)
    sizes: Sizes = ANY_SIZE
    model: str = ""


def _of_timm(title: str, text: str, model: str, sizes: Sizes, **suggested: float) -> Entry:
    usual = {"representation": "dynamic", "input_px": 112, "epochs": 60, "batch_size": 32}
    return Entry(
        title,
        text,
        TimmConfig(),
        _TIMM,
        {**usual, **suggested},
        one_phase={},
        takes=_OF_PICTURES,
        sizes=sizes,
        model=model,
    )


NETWORKS = {
    "fmanet": Entry(
        "FMANet, our reading",
        "Two ResNet-18 streams on the flow of both phases, their learnt combination, modulation by"
        " magnitude, and attention. 12.2 million parameters; wants a GPU and 112 px.",
        FULL,
        f"{_HERE}.fmanet:build",
        {"input_px": 112, "epochs": 60, "batch_size": 32, "learning_rate": 5e-4},
        {"phases": "rise"},
        takes=("phases", "flow"),
    ),
    "fmanet-light": Entry(
        "FMANet light",
        "The same steps on small streams. 0.2 million parameters; trains on a CPU in a minute.",
        LIGHT,
        f"{_HERE}.fmanet:build",
        {},
        {"phases": "rise"},
        takes=("phases", "flow"),
    ),
    "learnet": Entry(
        "LEARNet",
        "Four branches of different reach on one dynamic image, which add to one another. 1.9"
        " million parameters; 112 px.",
        LEARNetConfig(),
        f"{_HERE}.learnet:build",
        {
            "representation": "dynamic",
            "input_px": 112,
            "epochs": 60,
            "batch_size": 16,
            "learning_rate": 1e-3,
        },
        takes=("dynamic", "mm-cof"),
        sizes=Sizes(112, 112),
    ),
    "gamdss": Entry(
        "GAMDSS, two branches",
        "Differences of keyframes through attention that fades with distance, and a small"
        " transformer for the face itself. 12.8 million parameters; wants a GPU and 224 px.",
        GAMDSSConfig(),
        f"{_HERE}.gamdss:build",
        {
            "representation": "keyframes",
            "input_px": 224,
            "mirror_test": False,
            "rotation_deg": 3.0,
            "crop_px": 15,
            "epochs": 50,
            "batch_size": 16,
            "learning_rate": 8e-4,
            "schedule": "exponential",
            "decay": 0.987,
            "warm_up": 0.0,
            "weight_decay": 0.6,
            "label_smoothing": 0.0,
            "mixup": 0.0,
            "balanced": False,
        },
        takes=("keyframes",),
        sizes=Sizes(32, 448, 16),
    ),
    "ststnet": Entry(
        "STSTNet",
        "Three streams of one layer each on the flow from onset to apex. 1,683 parameters; trains"
        " on a CPU in seconds.",
        STSTNetConfig(),
        f"{_HERE}.ststnet:build",
        {"epochs": 20, "batch_size": 64, "learning_rate": 1e-3, "mixup": 0.0},
        one_phase={},
        takes=("flow",),
    ),
    "dianet": Entry(
        "DIANet, our reading",
        "A stream on the dynamic image of each phase, and attention of each to the other. 24.5"
        " million parameters; wants a GPU and 112 px.",
        DIANetConfig(),
        f"{_HERE}.dianet:build",
        {
            "representation": "dual-dynamic",
            "input_px": 112,
            "epochs": 60,
            "batch_size": 32,
            "learning_rate": 5e-4,
        },
        takes=("dual-dynamic", "phases"),
        sizes=Sizes(28),
    ),
    "resnet18": _of_timm(
        "ResNet-18",
        "On one picture; on MM-COF, the control of FMANet. 11.2 million parameters.",
        "resnet18",
        Sizes(28),
        learning_rate=5e-4,
    ),
    "resnet50": _of_timm(
        "ResNet-50",
        "On one picture. 23.5 million parameters; wants a GPU.",
        "resnet50",
        Sizes(28),
        learning_rate=3e-4,
    ),
    "vgg19": _of_timm(
        "VGG-19",
        "On one picture. 140 million parameters; wants a GPU.",
        "vgg19",
        Sizes(32),
        learning_rate=1e-4,
    ),
    "efficientnet-b0": _of_timm(
        "EfficientNet-B0",
        "On one picture. 4.0 million parameters.",
        "efficientnet_b0",
        Sizes(28),
        learning_rate=5e-4,
    ),
    "vit-b16": _of_timm(
        "ViT-B/16",
        "A transformer on squares of 16 px of one picture. 86 million parameters; wants a GPU, 224"
        " px and pretrained weights.",
        "vit_base_patch16_224",
        Sizes(32, 448, 16),
        input_px=224,
        batch_size=16,
        learning_rate=1e-4,
    ),
    KERNEL: Entry(
        "Kernel ridge",
        "No network: clips are compared with all training clips. Scored in seconds, without torch;"
        " what a network has to beat.",
        KernelConfig(),
        "",
        {"normalisation": "sample", "mirror": True, "seeds": (0,), "final_model": False},
        one_phase={},
        learns=False,
        takes=("phases", "flow"),
    ),
}
"""By name, in the order of a list."""


def other(name: str) -> Entry:
    """Return the entry of ``timm:NAME``; whether timm has it is known when it is made."""
    model = name.removeprefix(TIMM)
    return _of_timm(
        f"{model} of timm", "On one picture.", model, Sizes(1), input_px=224, learning_rate=3e-4
    )
