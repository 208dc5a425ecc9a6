"""The configurations of FMANet's rivals, without torch, so that a form can show them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from meviewer.experiment.form import about

_DROPOUT = about("Dropout", "Share of features hidden in training.", low=0.0, high=0.9)
_DROP_PATH = about(
    "Drop path",
    "Share of training clips for which the last residual branch is left out; the branches before"
    " it are left out for fewer.",
    low=0.0,
    high=0.9,
)


class LEARNetConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """LEARNet; its layers are as published."""

    dropout: Annotated[float, _DROPOUT] = 0.5


class STSTNetConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """STSTNet; its layers are as published."""

    dropout: Annotated[float, _DROPOUT] = 0.5


class GAMDSSConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The two-branch network of GAMDSS."""

    rear: Annotated[
        bool,
        about(
            "Rear branch",
            "Learn from apex and offset as well, with the same weights; costs twice the time of"
            " training. Predictions come from onset and apex either way.",
        ),
    ] = True
    drop_path: Annotated[float, _DROP_PATH] = 0.1


class DIANetConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """DIANet in our reading."""

    trunk: Annotated[
        Literal["resnet18", "light"],
        about("Trunk", "'resnet18' without its head; 'light' has 16, 32, 64 and 96 channels."),
    ] = "resnet18"
    heads: Annotated[
        Literal[1, 2, 4, 8], about("Heads", "Of the attention between the phases.")
    ] = 4
    shared: Annotated[
        bool,
        about("Shared streams", "One stream for both phases, though they undo each other."),
    ] = False
    dropout: Annotated[float, _DROPOUT] = 0.5


class TimmConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A network of the library timm."""

    pretrained: Annotated[
        str,
        about(
            "Pretrained",
            "Empty: random weights. A path: a .safetensors file of the same network, whose last"
            " layer is not taken. 'hub': fetched by timm over the internet, or from its cache.",
        ),
    ] = ""
    dropout: Annotated[float, _DROPOUT] = 0.0
