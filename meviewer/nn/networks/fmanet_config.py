"""The configuration of FMANet with its ablations, without torch, so that a form can show it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from meviewer.experiment.form import about


class FMANetConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What FMANet is made of; the letters are those of the steps in `fmanet`."""

    trunk: Annotated[
        Literal["resnet18", "light"],
        about("Trunk", "'resnet18' up to its second layer; 'light' has 16, 32 and 64 channels."),
    ] = "resnet18"
    phases: Annotated[
        Literal["both", "rise", "fall"],
        about("Phases", "Ablation: one phase alone has one stream and nothing to combine."),
    ] = "both"
    fusion: Annotated[
        Literal["weights", "sum"],
        about("Fusion (a)", "Weights learnt per pixel, or the plain sum of both phases."),
    ] = "weights"
    modulation: Annotated[
        bool, about("Modulation (b)", "Amplify where the motion is strong, by a learnt curve.")
    ] = True
    attention: Annotated[
        bool, about("Attention (c)", "Squeeze-excitation and spatial attention on the motion.")
    ] = True
    shared: Annotated[
        bool,
        about("Shared streams", "One stream for both phases, though their signs are opposite."),
    ] = False
    dropout: Annotated[
        float, about("Dropout", "Share of features hidden in training.", low=0.0, high=0.9)
    ] = 0.5
    grid: Annotated[
        int,
        about(
            "Grid",
            "Cells a side over which the last features are averaged; 1 is global.",
            low=1,
            high=4,
        ),
    ] = 1


FULL = FMANetConfig()
LIGHT = FMANetConfig(trunk="light")

ABLATIONS = {
    "single phase": FMANetConfig(phases="rise", modulation=False, attention=False),
    "sum": FMANetConfig(fusion="sum", modulation=False, attention=False),
    "(a)": FMANetConfig(modulation=False, attention=False),
    "(a)+(b)": FMANetConfig(attention=False),
    "(a)+(b)+(c)": FMANetConfig(),
}
"""The ablations of the network, each one step more [paper: the three steps; ours: the sequence]."""
