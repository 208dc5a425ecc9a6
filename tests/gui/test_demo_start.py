"""The first start: nothing is open, and the demo project is one press away."""

from __future__ import annotations

from meviewer.gui.running import demo


def test_the_demo_is_made_in_the_background_and_opened(window, qtbot, monkeypatch):
    small = _small_demo(monkeypatch)
    workspace = window.context.workspace
    with qtbot.waitSignal(workspace.session_changed, timeout=60_000):
        window.context.actions["demo"].trigger()
    assert workspace.project.folder == demo.demo_folder()
    assert len(workspace.project.samples()) == 1
    assert small == [demo.demo_folder()]
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    # The second time it is there already, and open.
    before = workspace.session
    window.context.actions["demo"].trigger()
    assert workspace.session is before
    assert len(small) == 1


def _small_demo(monkeypatch):
    import meviewer.synth.demo as real

    made = []
    write = real.write_demo

    def one_clip(folder):
        made.append(folder)
        return write(folder, 1, 1, workers=0)

    monkeypatch.setattr(real, "write_demo", one_clip)
    return made
