"""Widgets draw a view model and emit what was asked; they know no store."""
