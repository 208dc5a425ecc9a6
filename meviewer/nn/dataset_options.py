"""What goes into an HDF5 data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from meviewer.core.errors import ExperimentError
from meviewer.core.labels import OWN
from meviewer.project.dataset_hdf5 import What
from meviewer.project.project import Project

Compression: TypeAlias = Literal["none", "gzip"]
WHATS: tuple[What, ...] = ("frames", "di", "flow", "mm-cof")
COMPRESSIONS: tuple[Compression, ...] = ("none", "gzip")
DEFAULT_SIZE_PX = 112
_LARGEST_PX = 4096
_WHAT = "The data set cannot be exported as described"


@dataclass(frozen=True, slots=True)
class DatasetOptions:
    """What goes into the file.

    Attributes
    ----------
    what : {"frames", "di", "flow", "mm-cof"}
        All frames of each clip, or a representation of each event.
    size_px : int or None
        Width and height of what is stored; None leaves frames as they are, and makes
        representations of 112 px.
    tiers : tuple of str
        Whose labels; empty for everybody's.
    scheme : str
        Name of the class scheme.
    method : str
        Method of the flow, for ``"flow"`` and ``"mm-cof"``.
    compression : {"none", "gzip"}
        Of the frames. Compressed ones take half to two thirds of the space, and are read three to
        ten times slower.
    """

    what: What = "frames"
    size_px: int | None = None
    tiers: tuple[str, ...] = ()
    scheme: str = OWN
    method: str = "tvl1"
    compression: Compression = "none"


def check(project: Project, options: DatasetOptions) -> None:
    """Make sure that a project can be exported so.

    Raises
    ------
    ExperimentError
        Naming the option that is impossible, and what it may be.
    """
    from meviewer.motion.flow_params import KINDS

    known = project.coders()
    unknown = [tier for tier in options.tiers if tier not in known]
    why, now = "", ""
    if options.what not in WHATS:
        why, now = f"there is no {options.what!r}", f"choose among {', '.join(WHATS)}"
    elif options.size_px is not None and not 1 <= options.size_px <= _LARGEST_PX:
        why, now = f"the size is {options.size_px} px", f"give 1 to {_LARGEST_PX}"
    elif options.method not in KINDS:
        why, now = f"there is no flow {options.method!r}", f"choose among {', '.join(KINDS)}"
    elif options.compression not in COMPRESSIONS:
        why = f"there is no compression {options.compression!r}"
        now = f"choose among {', '.join(COMPRESSIONS)}"
    elif unknown:
        why = f"the project has no labels by {', '.join(map(repr, unknown))}"
        now = f"choose among {', '.join(known) or 'nobody: there are no labels yet'}"
    if why:
        raise ExperimentError(_WHAT, where=project.name, why=why, now=now)
