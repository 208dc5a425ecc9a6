"""A small window on top of all others that a folder can be dragged out of."""

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel


class Handle(QLabel):
    """Dragging begins with the first move of the pressed mouse, and the window goes with it."""

    def mouseMoveEvent(self, _event):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.setHotSpot(QPoint(0, 0))
        # What is dropped is fetched after this returns: whoever started this program ends it.
        drag.exec(Qt.DropAction.CopyAction)


app = QApplication(sys.argv[:1])
handle = Handle("drag me")
handle.setWindowTitle("drag source")
flags = Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.X11BypassWindowManagerHint
handle.setWindowFlags(flags | Qt.WindowType.FramelessWindowHint)
handle.setGeometry(0, 0, 120, 40)
handle.show()
app.exec()
