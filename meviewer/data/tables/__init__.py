"""Spreadsheets and text sheets as tables of text, whatever wrote them and however damaged."""
