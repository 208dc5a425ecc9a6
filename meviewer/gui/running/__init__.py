"""Work off the UI thread: background tasks and worker processes."""
