"""The record of past episodes that every report quotes: ``python -m tests.history.record`` writes it again."""

from __future__ import annotations

from minrisk.history.record import FILE, coverage_record

if __name__ == "__main__":
    FILE.write_bytes(coverage_record().to_csv(index=False, lineterminator="\n").encode())
