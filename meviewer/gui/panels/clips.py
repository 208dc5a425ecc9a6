"""The clips of the project and their review queue: find one, see how far each is, open it."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QListView, QStackedWidget

from meviewer.core.annotation import Status
from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys
from meviewer.gui.models.clip_delegate import ClipDelegate
from meviewer.gui.models.clip_list import ClipListModel, RowRole
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import Segments, push, tool
from meviewer.gui.widgets.fields import SearchField
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Panel, column, row
from meviewer.gui.widgets.marks import Meter
from meviewer.gui.widgets.notices import EmptyState
from meviewer.gui.widgets.status_filter import StatusFilter
from meviewer.gui.widgets.styling import rule, surface
from meviewer.present.clip_list import ClipRow, clip_row, counted, progress, with_doubt
from meviewer.project.blind import hidden
from meviewer.project.project import Project

_AT_ONCE = 500
_BY_DOUBT = 1
_QUEUE_TIP = "The review queue: the most doubtful label first ({review-on}, {review-back})"


class ClipsPanel(Panel):
    """The clip list with its search field and the progress of the project."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rows: tuple[ClipRow, ...] = ()
        self._looking = ""
        theme = context.theme
        self.model = ClipListModel()
        self.view = QListView()
        self.view.setAccessibleName("Clips")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ClipDelegate(theme, self.view))
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.search = SearchField(theme, "Find a clip, subject or emotion")
        self.orders = Segments(theme, ("In order", "By doubt"), name="Order of the clips")
        queue = self.orders.button(_BY_DOUBT)
        follow_keys(context.actions, queue, _QUEUE_TIP, queue.setToolTip)
        self.filter = StatusFilter(theme)
        self.again = tool(theme, "refresh", tip="Put the queue in the order of what is known now")
        self._words = label("", "caption")
        self._meter = Meter(theme, 0.0, "ok", width=64)
        foot = surface(
            "foot",
            row(self._words, None, self._meter, margins=(Space.l, 0, Space.l, 0)),
            height=Size.bar_status,
        )
        order = row(self.orders, None, self.again, self.filter, spacing=Space.xs)
        head = surface("panel", column(self.search, order, margins=(Space.m,) * 4))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing())
        self._pages.addWidget(self.view)
        opener = tool(theme, "add")
        follow_keys(context.actions, opener, "Open a project, clip or video ({open})")
        opener.act(context.actions["open"])
        super().__init__(
            "Clips", column(head, rule(), (self._pages, 1), spacing=0), (opener,), foot=foot
        )
        self.model.setParent(self)
        self.setMinimumWidth(200)
        self.again.hide()
        self._connect()
        theme.changed.connect(self.view.viewport().update)

    def _nothing(self) -> EmptyState:
        button = push("Open…", "", self._context.theme, "folder")
        button.act(self._context.actions["open"])
        return EmptyState(
            self._context.theme,
            "folder",
            "No clips yet",
            "Open a project, a data set, a folder of numbered images, or a video.",
            button,
        )

    def _connect(self) -> None:
        context = self._context
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first)
        self.view.clicked.connect(self._clicked)
        self.view.activated.connect(self._clicked)
        self.orders.chosen.connect(self._choose_order)
        self.again.clicked.connect(context.review.rank_again)
        self.filter.chosen.connect(self._choose_statuses)
        context.review.changed.connect(self._show_queue)
        context.review.progress.connect(self._say_looking)
        context.workspace.project_changed.connect(self.refill)
        context.workspace.coder_changed.connect(lambda _: self.refill())
        context.workspace.session_changed.connect(self._mark_current)
        context.workspace.sample_changed.connect(self._refresh_row)
        context.actions.bind("find", self._find)

    def refill(self) -> None:
        """Show all samples of the project anew."""
        workspace = self._context.workspace
        project, coder = workspace.project, workspace.coder
        self.set_note("" if project is None else project.name)
        self._context.background.cancel("clips")
        if project is None:
            self._show_rows(())
        elif len(project.sample_ids()) <= _AT_ONCE:
            self._show_rows(_rows(project, coder))
        else:
            # Thousands of labels take a while to read and to check.
            background = self._context.background
            background.run("clips", lambda: _rows(project, coder), self._show_rows)

    def _show_rows(self, rows: tuple[ClipRow, ...]) -> None:
        self._rows = rows
        self._show_queue()
        self._pages.setCurrentIndex(1 if rows else 0)
        self._say_progress()
        self._mark_current()

    def _refresh_row(self, sample_id: int) -> None:
        workspace = self._context.workspace
        session = workspace.session
        if session is None or session.sample.id != sample_id:
            return
        tiers = session.others | {session.coder: session.annotation}
        made = clip_row(session.sample, tiers, session.coder)
        if made == next((one for one in self._rows if one.sample_id == sample_id), None):
            return  # most steps of a drag change nothing here, and there may be thousands of rows
        self._rows = tuple(made if one.sample_id == sample_id else one for one in self._rows)
        self.model.set_row(self._with_doubt(made))
        self._say_progress()

    def _say_progress(self) -> None:
        done, n_rows = progress(self.model.rows)
        self._words.setText(self._looking or (f"{done} of {n_rows} committed" if n_rows else ""))
        self.filter.show_counts(counted(self.model.rows))
        self._meter.set_share(done / n_rows if n_rows else 0.0)

    def _mark_current(self) -> None:
        session = self._context.workspace.session
        place = None if session is None else self.model.place_of(session.sample.id)
        if place is None:
            self.view.clearSelection()
            return
        index = self.model.index(place)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(index, flag)
        self.view.scrollTo(index)

    def _filter(self, words: str) -> None:
        self.model.set_filter(words)
        self._follow_rows()

    def _choose_statuses(self, statuses: frozenset[Status]) -> None:
        self.model.set_statuses(statuses)
        self._follow_rows()

    def _choose_order(self, which: int) -> None:
        if which == _BY_DOUBT:
            self._context.review.ask()
        self._show_queue()

    def _show_queue(self) -> None:
        by_doubt = self.orders.current == _BY_DOUBT
        self.again.setVisible(by_doubt)
        self.model.set_rows(tuple(map(self._with_doubt, self._rows)))
        self.model.set_order(self._context.review.order if by_doubt else ())
        self._follow_rows()

    def _with_doubt(self, row: ClipRow) -> ClipRow:
        if self.orders.current != _BY_DOUBT:
            return row
        return with_doubt(row, self._context.review.entry(row.sample_id))

    def _follow_rows(self) -> None:
        """Let keys go through the clips as they are listed."""
        shown = self.model.shown()
        narrowed = len(shown) < len(self._rows)
        self._context.review.allow(frozenset(shown) if narrowed else None)
        # Who has looked for one clip has jumped there: keys go on from it through all.
        self._context.workspace.set_order(shown if len(shown) > 1 else ())
        self._mark_current()

    def _say_looking(self, words: str) -> None:
        self._looking = words
        self._say_progress()

    def _open_first(self) -> None:
        if self.model.rowCount():
            self._clicked(self.model.index(0))
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clicked(self, index: QModelIndex) -> None:
        session = self._context.workspace.session
        sample_id = index.data(RowRole).sample_id
        if session is None or session.sample.id != sample_id:
            self._context.workspace.open_sample(sample_id)

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()


def _rows(project: Project, coder: str) -> tuple[ClipRow, ...]:
    tiers = {name: project.tier(name) for name in project.coders()}
    out = hidden(project, coder)
    return tuple(
        clip_row(
            sample,
            {
                name: tier[sample.id]
                for name, tier in tiers.items()
                if sample.id in tier and (name == coder or sample.id not in out)
            },
            coder,
        )
        for sample in project.samples()
    )
