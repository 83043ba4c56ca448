"""Data: the packaged tables, a dataset loaded and checked, prices, and the sourcing mix."""
