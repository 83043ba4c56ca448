"""A dataset without products: what else of it goes with them."""

from __future__ import annotations

from pathlib import Path


def drop_products(folder: Path) -> None:
    """Take the products out of a copy of the packaged dataset, and their rows out of the shares of exports."""
    names = {row.split(",")[0] for row in (folder / "products.csv").read_text(encoding="utf-8").splitlines()[3:]}
    for stem in ("products", "product_figures"):
        (folder / f"{stem}.csv").unlink()
    shares = folder / "destination_shares.csv"
    rows = shares.read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.split(",")[0] not in names]
    shares.write_text("\n".join(kept) + "\n", encoding="utf-8")
