"""What a bias report is made of: whose labels, which search, and how events are grouped."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QWidget

from meviewer.core.events import Edge
from meviewer.experiment.bias_events import GROUPINGS
from meviewer.gui.stores.search_options import SearchOptions
from meviewer.gui.theme import Space
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, scroll
from meviewer.motion.gamdss import VARIANTS
from meviewer.motion.gamdss_measures import MEASURES
from meviewer.motion.gamdss_notes import NOTES, STUDY
from meviewer.nn.suggest_units import Search
from meviewer.nn.suggestions import SuggestOptions
from meviewer.present.bias import reach_words
from meviewer.project.project import Project

_ALL = "all three"
_EDGES = (_ALL, *(edge.value for edge in Edge))
_MEASURES = {"l2": "grey levels (L2)", "flow-magnitude": "how far pixels moved"}
_MOST_CODERS_PX = 108


class BiasChoices(QWidget):
    """The left side of the dialog.

    Signals
    -------
    search_changed()
        Something has to be computed anew.
    grouping_changed()
        What is known is to be shown in another way.
    """

    search_changed = Signal()
    grouping_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.coders: list[QCheckBox] = []
        self._people = column(spacing=Space.s)
        self.variant = choice(VARIANTS, VARIANTS.index("two-sided"), "Variant")
        self.measure = choice([_MEASURES.get(name, name) for name in MEASURES], 0, "Difference by")
        self.light = QCheckBox("Leave changes of the lamp out")
        self.aligned = QCheckBox("Hold the head still first")
        self.aligned.setToolTip("Compensates head motion; takes several times as long.")
        self.by = choice(GROUPINGS, 0, "Group by")
        self.edges = choice(_EDGES, 0, "Keyframes")
        self.evidence = QCheckBox("Only events with evidence")
        self.evidence.setToolTip("Leaves out events whose suggestion noise alone may explain.")
        self._reach = label("", "caption", wrap=True)
        self._reach.setToolTip(STUDY)
        self._build()
        self._connect()
        self._say_reach()

    def show_project(self, project: Project | None, coder: str) -> None:
        """Offer the people of a project, the current one chosen."""
        while (item := self._people.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        known = () if project is None else project.coders()
        people = [one for one in known if project is not None and not project.is_machine(one)]
        self.coders = [QCheckBox(one) for one in people]
        for box in self.coders:
            box.setChecked(box.text() == coder or len(people) == 1)
            box.clicked.connect(self.search_changed)
            self._people.addWidget(box)
        self._people.addStretch(1)

    def show_search(self, options: SearchOptions) -> None:
        """Begin with the search of the Inspect view."""
        self.variant.setCurrentText(options.variant)
        self.measure.setCurrentIndex(MEASURES.index(options.measure))
        self.light.setChecked(options.brightness_free)
        self.aligned.setChecked(options.aligned)
        self._say_reach()

    def options(self) -> SuggestOptions:
        """Return what is chosen."""
        search = Search(
            variant=self.variant.currentText(),
            measure=MEASURES[self.measure.currentIndex()],
            brightness_free=self.light.isChecked(),
            aligned=self.aligned.isChecked(),
        )
        coders = tuple(box.text() for box in self.coders if box.isChecked())
        return SuggestOptions(coders, search)

    def shown_edges(self) -> tuple[Edge, ...]:
        """Return the keyframes that are to be shown."""
        chosen = self.edges.currentText()
        return tuple(Edge) if chosen == _ALL else (Edge(chosen),)

    def _build(self) -> None:
        people = scroll(self._people)
        people.setMaximumHeight(_MOST_CODERS_PX)
        self.setLayout(
            column(
                label("Labels by", "strong"),
                people,
                label("Suggestions", "strong"),
                _form(("Variant", self.variant), ("Difference by", self.measure)),
                self.light,
                self.aligned,
                self._reach,
                Space.s,
                label("Shown", "strong"),
                _form(("Group by", self.by), ("Keyframes", self.edges)),
                self.evidence,
                None,
            )
        )

    def _connect(self) -> None:
        for box in (self.variant, self.measure):
            box.activated.connect(lambda _: self._search())
        for check in (self.light, self.aligned):
            check.clicked.connect(lambda _: self._search())
        for box in (self.by, self.edges):
            box.activated.connect(lambda _: self.grouping_changed.emit())
        self.evidence.clicked.connect(lambda _: self.grouping_changed.emit())

    def _search(self) -> None:
        self._say_reach()
        self.search_changed.emit()

    def _say_reach(self) -> None:
        variant = self.variant.currentText()
        self._reach.setText(f"{reach_words(variant)} {NOTES[variant].mark}")


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(Space.l)
    form.setVerticalSpacing(Space.m)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for words, field in rows:
        form.addRow(label(words), field)
    return form
