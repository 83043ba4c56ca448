"""Scenarios: strict files, distributions, events, and the draws made from them."""
