"""Long work in a child process: the JSON-lines protocol and its two ends."""
