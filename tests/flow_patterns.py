"""Small synthetic motion: a moving patch whose place and direction tell the class."""

from fractions import Fraction

import numpy as np
import pytest

from meviewer.experiment.spec import ExperimentSpec

PLACES = ((0.3, 0.3, 0, -1), (0.7, 0.3, 1, 0), (0.5, 0.75, 0, 1), (0.5, 0.2, 0, 1))
SPEC = ExperimentSpec(epochs=6, batch_size=8, input_px=16, device="cpu", threads=1, mixup=0.0)


def flow_of(class_number, rng, size_px=16, noise=0.15):
    """Flow of both phases, (2, 2, P, P): up in the rise, back in the fall."""
    x, y, u, v = PLACES[class_number]
    x, y = (np.array([x, y]) + rng.normal(0, 0.03, 2)) * size_px
    rows, columns = np.mgrid[:size_px, :size_px] + 0.5
    patch = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (0.12 * size_px) ** 2))
    rise = np.stack([u * patch, v * patch]) * rng.uniform(0.7, 1.3)
    both = np.stack([rise, -rise * rng.uniform(0.6, 1.0)])
    return (both + rng.normal(0, noise, both.shape)).astype(np.float32)


def motion_set(n_subjects=4, n_classes=3, each=2, seed=0, size_px=16):
    """A `MotionSet` of ``each`` clips a class and subject."""
    from meviewer.nn.batches import MotionSet

    rng = np.random.default_rng(seed)
    rows = [(s, c) for s in range(n_subjects) for c in range(n_classes) for _ in range(each)]
    n = len(rows)
    return MotionSet(
        np.stack([flow_of(c, rng, size_px) for _, c in rows]),
        np.array([c for _, c in rows]),
        tuple("abcd"[:n_classes]),
        tuple(f"sub{s + 1:02d}" for s, _ in rows),
        tuple(f"clip{i}" for i in range(n)),
        tuple(f"print{i}" for i in range(n)),
        tuple(range(1, n + 1)),
        "labels",
    )


def project_of(folder, emotions=("happiness", "surprise"), n_subjects=2, each=1):
    """A project of tiny clips on disk, labelled by coder ``truth``."""
    import factories

    from meviewer.data.clip import open_clip
    from meviewer.project.project import Project

    project = Project.create(folder, "tiny")
    for s in range(n_subjects):
        for number, emotion in enumerate(emotions * each):
            name = f"clip{number}"
            frames = warped_frames(emotions.index(emotion), seed=100 * s + number)
            path = factories.write_clip(folder / "clips" / f"s{s}" / name, frames)
            with open_clip(path) as clip:
                height, width = clip.size
                sample = project.add_sample(
                    f"s{s}",
                    name,
                    path,
                    fingerprint=clip.fingerprint,
                    rate=Fraction(200),
                    n_frames=clip.n_frames,
                    first_number=clip.first_number,
                    width=width,
                    height=height,
                )
            label = factories.annotation(factories.event(1, 2, 5, 8, emotion))
            project.set_tier(sample.id, "truth", label, "truth")
    return project


def warped_frames(class_number, seed, n=10, size_px=48):
    """Frames of a smooth texture, part of which moves to and fro between frames 2 and 8."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(60, 190, (8, 8))
    x, y, u, v = PLACES[class_number]
    rows, columns = np.mgrid[:size_px, :size_px].astype(float)
    away = (columns / size_px - x) ** 2 + (rows / size_px - y) ** 2
    patch = np.exp(-away / (2 * 0.12**2))
    frames = []
    for time in range(n):
        strength = 1.5 * max(0.0, 1 - abs(time - 5) / 3)
        picture = _sample(
            coarse, columns - strength * u * patch, rows - strength * v * patch, size_px
        )
        frames.append(np.repeat(picture[..., None], 3, 2))
    return np.clip(np.rint(frames), 0, 255).astype(np.uint8)


def _sample(coarse, columns, rows, size_px):
    """Evaluate a periodic, smooth interpolation of the coarse texture."""
    n = len(coarse)
    total = np.zeros(columns.shape)
    waves = np.fft.fft2(coarse) / coarse.size
    for i in range(n):
        for j in range(n):
            fi, fj = (k if k < n / 2 else k - n for k in (i, j))
            angle = 2 * np.pi * (fi * rows + fj * columns) / size_px
            total += (waves[i, j] * np.exp(1j * angle)).real
    return total


needs_cuda_reason = "no CUDA device: the GPU path needs one"


def needs_cuda():
    """Skip the test where there is no CUDA device."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip(needs_cuda_reason)
