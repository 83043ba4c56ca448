"""Write every page that is made from code: ``python -m tests.generate``."""

from tests.generate import PAGES

if __name__ == "__main__":
    for path, text in PAGES.items():
        path.write_text(text(), encoding="utf-8")
