"""Decisions: what a project, a stock or a measure is worth."""
