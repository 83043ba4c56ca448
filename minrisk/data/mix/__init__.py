"""The sourcing mix: what it is estimated from, the estimate, and its tables."""
