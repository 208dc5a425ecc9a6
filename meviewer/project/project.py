"""A project on disk: samples, labels of each coder, their journal, runs and features."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from meviewer.core.annotation import Annotation
from meviewer.core.errors import ProjectError, StorageError
from meviewer.core.findings import Finding, Severity
from meviewer.data.exchange import TimeBase
from meviewer.data.face.clip_face import ClipFace
from meviewer.project import (
    backup,
    checks,
    faces,
    journal,
    labels,
    opening,
    origins,
    runs,
    samples,
    time_bases,
)
from meviewer.project.codec import decode
from meviewer.project.database import Database
from meviewer.project.journal import ChainReport, Entry, JournalRow, NewRow
from meviewer.project.origins import SheetRow, SheetSource
from meviewer.project.paths import Root, find_root, locate, plain, root_texts
from meviewer.project.runs import Prediction, Run
from meviewer.project.samples import NewSample, Sample
from meviewer.project.undo_history import Step, Steps, replay

__all__ = [
    "ChainReport",
    "Entry",
    "JournalRow",
    "Prediction",
    "Project",
    "Run",
    "Sample",
    "Step",
    "Steps",
]


class Project:
    """One project folder; made by `create` or `open`.

    All methods may be called from any thread. What changes the project returns when it is durable;
    on a `StorageError` nothing has changed. In a read-only project it raises `ReadOnlyError`.

    Attributes
    ----------
    folder : Path
        Absolute.
    read_only : bool
    why_read_only : str
        One clause for a person; empty for a writer.
    recovered : bool
        The last writer was killed or lost power; everything it had acknowledged is here.
    """

    def __init__(self, folder: Path, opened: opening.Opened) -> None:
        self.folder = folder
        self.read_only = opened.lock is None
        self.why_read_only = opened.why_read_only
        self.recovered = opened.lock is not None and opened.lock.left_behind
        self._opened = opened
        self._database = opened.database
        meta = self._meta()
        self._name = meta.get("name", folder.name)
        stored, seen = meta.get("root", str(folder)), meta.get("root_seen_from_project", ".")
        self._root = find_root(stored, seen, folder)
        self._backup_failure = "" if self.read_only else self._backed_up()

    @classmethod
    def create(cls, folder: Path, name: str, root: Path | None = None) -> Self:
        """Make a new project in a folder and open it.

        Parameters
        ----------
        root : Path, optional
            Folder that clip paths are stored relative to; the project folder if not given.

        Raises
        ------
        ProjectError
            If there is a project already.
        StorageError
            If the disk refuses; nothing is left behind.
        """
        folder = plain(Path(folder))
        opening.create_file(folder, name, folder if root is None else root)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, read_only: bool = False) -> Self:
        """Open a project by its folder or its file.

        Where it cannot be written (another window writes it, the folder is read-only) it is opened
        for reading, and `why_read_only` says why.

        Raises
        ------
        ProjectError
            No project, a damaged one, or one of a newer version: the file is left as it is.
        StorageError
            If the disk refuses.
        """
        folder = locate(plain(Path(folder)))
        opened = opening.open_file(folder, read_only)
        try:
            return cls(folder, opened)
        except BaseException:
            opened.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and let another window write; a second call does nothing."""
        self._opened.close()

    @property
    def name(self) -> str:
        """Name for people."""
        return self._name

    @property
    def root(self) -> Path:
        """Folder that clip paths are relative to, where it is now."""
        return self._root.folder

    @property
    def database(self) -> Database:
        """The file itself, for the other modules of this package."""
        return self._database

    @property
    def runs_folder(self) -> Path:
        """Folder of the run folders; not made here."""
        return self.folder / "runs"

    @property
    def features_folder(self) -> Path:
        """Folder of the feature store; not made here."""
        return self.folder / "features"

    def set_root(self, root: Path, also: Callable[[Root], object] = lambda _root: None) -> None:
        """Say where the folder of the clips lies now.

        Parameters
        ----------
        also : callable
            Takes the new root, and changes in the same transaction what depends on it.
        """
        texts = root_texts(root, self.folder)
        with self._database.writing() as connection:
            keys = ("root", "root_seen_from_project")
            connection.executemany(
                "INSERT INTO meta VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                zip(keys, texts, strict=True),
            )
            row = NewRow("", None, "moved", "Clip folder moved", self.root.as_posix().encode())
            journal.write_row(connection, row)
            also(Root(Path(texts[0])))
        self._root = Root(Path(texts[0]))

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Make everything that this thread changes inside one transaction, durable at its end.

        An error inside takes all of it back.
        """
        with self._database.writing():
            yield

    # Samples

    def add_sample(
        self,
        subject: str,
        name: str,
        clip_path: Path,
        *,
        fingerprint: str,
        rate: Fraction,
        n_frames: int,
        first_number: int,
        width: int,
        height: int,
        emotion: str = "",
        dataset: str = "",
        numbers: Sequence[int] = (),
        pts_ms: tuple[float, ...] | None = None,
    ) -> Sample:
        """Add a sample; fields as in `Sample`, numbers and times as in `TimeBase`.

        Raises
        ------
        ProjectError
            If the subject has a sample of that name, or a field is impossible.
        """
        facts = (rate, n_frames, first_number, width, height)
        times = (tuple(numbers), pts_ms)
        new = NewSample(
            subject, name, Path(clip_path), fingerprint, *facts, emotion, dataset, *times
        )
        return self.sample(samples.add(self._database, self._root, new))

    def subjects(self) -> tuple[str, ...]:
        """Return the names of all subjects, sorted."""
        return samples.subjects(self._database)

    def samples(self) -> tuple[Sample, ...]:
        """Return all samples in the order in which they were added."""
        return samples.all_samples(self._database, self._root)

    def sample_ids(self) -> tuple[int, ...]:
        """Return the ids of all samples in the order in which they were added."""
        return samples.ids(self._database)

    def sample(self, sample_id: int) -> Sample:
        """Return one sample; `ProjectError` if there is none of this id."""
        return samples.one_sample(self._database, self._root, sample_id)

    def find_sample(self, subject: str, name: str) -> Sample | None:
        """Return the sample of a subject by its name, or None."""
        return samples.find(self._database, self._root, subject, name)

    def time_base(self, sample_id: int) -> TimeBase:
        """Return the numbers and times of the frames of a sample's clip, without opening it."""
        return time_bases.of_sample(self._database, sample_id)

    def find_clip(self, fingerprint: str) -> Sample | None:
        """Return the first sample on a clip of this content, or None."""
        return samples.find_clip(self._database, self._root, fingerprint)

    def relocate(self, sample_id: int, clip_path: Path) -> None:
        """Say where the clip of a sample lies now."""
        samples.relocate(self._database, self._root, sample_id, Path(clip_path))

    def add_source(
        self, reader: str, root: Path, sheet: Path, options: dict[str, object], report: bytes
    ) -> int:
        """Store that labels came from a sheet, and return the id of this import."""
        return origins.add_source(self._database, reader, root, sheet, options, report)

    def add_sheet_rows(self, rows: Sequence[SheetRow]) -> None:
        """Store from which rows of a sheet events were made."""
        origins.add_rows(self._database, rows)

    def sources(self) -> tuple[SheetSource, ...]:
        """Return the sheets that labels came from, the oldest import first."""
        return origins.sources(self._database)

    def sheet_rows(self, source_id: int) -> tuple[SheetRow, ...]:
        """Return the rows of one import in the order of the sheet."""
        return origins.rows_of(self._database, source_id)

    # Labels

    def coders(self) -> tuple[str, ...]:
        """Return all coders: people first, then machines, each sorted by name."""
        return labels.coders(self._database)

    def people(self) -> tuple[str, ...]:
        """Return everybody who was ever made known, in the order in which they came."""
        return labels.people(self._database)

    def add_coder(self, coder: str, machine: bool = False) -> None:
        """Make a coder known before any label; one that is known stays what it is."""
        labels.add_coder(self._database, coder, machine)

    def is_machine(self, coder: str) -> bool:
        """Return whether a coder's labels are made by a machine."""
        return labels.is_machine(self._database, coder)

    def annotation(self, sample_id: int, coder: str) -> Annotation:
        """Return a coder's labels on a sample; an empty annotation if there are none."""
        return labels.one(self._database, sample_id, coder)

    def annotations(self, sample_id: int) -> dict[str, Annotation]:
        """Return all labels on a sample by coder."""
        return labels.on_sample(self._database, sample_id)

    def tier(self, coder: str) -> dict[int, Annotation]:
        """Return all labels of a coder by sample id, in one read."""
        return labels.of_coder(self._database, coder)

    def set_tier(self, sample_id: int, coder: str, annotation: Annotation, reason: str) -> int:
        """Put a whole annotation in place of a coder's, as one journal row.

        Returns
        -------
        int
            Row number; 0 if the labels were the same already.
        """
        return labels.replace_tier(self._database, sample_id, coder, annotation, reason)

    def append(self, entry: Entry) -> int:
        """Write one change durably and return its row number."""
        return labels.append(self._database, entry)

    def steps(self, sample_id: int, coder: str) -> Steps:
        """Return the undo stack as it stands, from all edits ever made."""
        return replay(self._database, sample_id, coder)

    # Journal

    def history(
        self,
        sample_id: int | None = None,
        coder: str | None = None,
        *,
        newest: int | None = None,
    ) -> tuple[JournalRow, ...]:
        """Return the rows of a sample, of a coder, or all of them; newest last.

        Parameters
        ----------
        newest : int, optional
            How many at most; those that came last.
        """
        return journal.history(self._database, sample_id, coder, newest)

    def check_chain(self) -> ChainReport:
        """Read the whole journal and say whether, and where, it is broken."""
        return journal.check_chain(self._database)

    def checkpoint(self, name: str) -> int:
        """Give the present state a name and return its row number; nothing is unsaved anyway."""
        if not name.strip():
            raise ProjectError("A checkpoint needs a name", where=self.name, now="enter one")
        with self._database.writing() as connection:
            return journal.write_row(connection, NewRow("", None, "checkpoint", name))

    def checkpoints(self) -> tuple[JournalRow, ...]:
        """Return the named states; their ``n`` goes into `annotation_at`."""
        return tuple(row for row in self.history(coder="") if row.kind == "checkpoint")

    def annotation_at(self, sample_id: int, coder: str, n: int) -> Annotation:
        """Return a coder's labels on a sample as they were after journal row ``n``."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT after FROM journal WHERE sample_id = ? AND coder = ? AND n <= ?"
                " ORDER BY n DESC LIMIT 1",
                (sample_id, coder, n),
            ).fetchone()
        return Annotation() if row is None else decode(row[0])

    def backup(self) -> Path:
        """Copy the project file into ``backups/`` and return the copy; the newest ten are kept."""
        return backup.backup(self._database, self.folder)

    def findings(self) -> tuple[Finding, ...]:
        """Return everything doubtful that can be told without opening a clip."""
        found = list(checks.findings(self._database, self.samples()))
        if self._backup_failure:
            found.append(Finding("backup-failed", Severity.WARNING, self._backup_failure))
        if self.recovered:
            text = "The program ended abruptly the last time; every saved edit is here"
            found.append(Finding("recovered", Severity.INFO, text))
        return tuple(found)

    def shifted_clips(self) -> Iterator[Finding]:
        """Open every clip and yield those whose content is another than when it was added."""
        return checks.shifted_clips(self)

    def counts(self) -> dict[str, int]:
        """Return how many subjects, clips, samples, labels, events, rows and runs there are."""
        return labels.counts(self._database)

    # Faces

    def face(self, sample_id: int) -> ClipFace | None:
        """Return the face of a sample's clip; None if nobody has looked for it."""
        return faces.of_sample(self._database, sample_id)

    def set_face(self, sample_id: int, face: ClipFace | None, coder: str = "") -> None:
        """Store the face of a sample's clip; what a person set is kept in the journal."""
        faces.set_of_sample(self._database, sample_id, face, coder)

    def bring_back_face(self, sample_id: int, coder: str = "") -> bool:
        """Put back the face from before a person's last change; say whether there was one."""
        return faces.bring_back(self._database, sample_id, coder)

    # Runs

    def add_run(self, name: str, spec: str, state: str = "queued") -> Run:
        """Store a training before it starts; `ProjectError` if its name is taken."""
        return runs.add_run(self._database, name, spec, state)

    def update_run(
        self, run_id: int, state: str | None = None, scores: Mapping[str, object] | None = None
    ) -> Run:
        """Note how far a run has come; what is None stays as it is."""
        return runs.update_run(self._database, run_id, state, scores)

    def runs(self) -> tuple[Run, ...]:
        """Return all runs, newest first."""
        return runs.all_runs(self._database)

    def remove_run(self, run_id: int) -> None:
        """Forget a run and its predictions; its folder stays."""
        runs.remove_run(self._database, run_id)

    def run_folder(self, run: Run) -> Path:
        """Return the folder of a run."""
        return self.runs_folder / run.name

    def set_predictions(self, run_id: int, predictions: Iterable[Prediction]) -> None:
        """Replace all predictions of a run."""
        runs.set_predictions(self._database, run_id, predictions)

    def predictions(self, run_id: int) -> tuple[Prediction, ...]:
        """Return the predictions of a run, by sample."""
        return runs.predictions(self._database, run_id)

    def _meta(self) -> dict[str, str]:
        with self._database.reading() as connection:
            return dict(connection.execute("SELECT key, value FROM meta").fetchall())

    def _backed_up(self) -> str:
        """Make the daily copy and return why it failed: the project opens all the same."""
        try:
            backup.backup_if_due(self._database, self.folder)
        except StorageError as error:
            return str(error)
        return ""
