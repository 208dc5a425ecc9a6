"""One module a panel: connects stores, view models and widgets."""
