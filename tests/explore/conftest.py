"""The browser of the reports' tests, for the page of this room too."""

from tests.report.test_browser import browser as browser
