"""Child of the start-up test: the program as it is, which says when its window was painted."""

import sys
import time

from meviewer.gui import application
from meviewer.gui.main_window import MainWindow

HEAVY = ("torch", "torchvision", "timm", "numba", "scipy", "cv2", "av", "h5py", "pyqtgraph")


class Timed(MainWindow):
    """The window, which closes itself once it is on the screen with all that is in it."""

    told = False

    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.told:
            self.told = True
            # Children are painted in the same turn: the next one comes when all of them are.
            application.QTimer.singleShot(0, self.tell)

    def tell(self):
        loaded = [name for name in HEAVY if name in sys.modules]
        print(time.monotonic(), *loaded, flush=True)
        self.close()


if __name__ == "__main__":
    from meviewer.cli.main import main

    application.MainWindow = Timed
    sys.exit(application.start(main(sys.argv[1:]).window))
