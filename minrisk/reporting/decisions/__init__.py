"""Pages of decisions: each takes an answer and returns its message, tables and figure."""

from minrisk.reporting.decisions.page import Page, check_page, print_page, write_page

__all__ = ["Page", "check_page", "print_page", "write_page"]
