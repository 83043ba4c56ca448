"""A page that answers while one moves an assumption: a designed sample of runs, an emulator, one HTML file."""

from minrisk.explore.page import page_html
from minrisk.explore.study import Fitted, Study, check, error_table, study

__all__ = ["Fitted", "Study", "check", "error_table", "page_html", "study"]
