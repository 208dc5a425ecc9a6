"""The project on disk: SQLite with a hash-chained journal, and the feature store."""
