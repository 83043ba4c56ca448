"""What a run says in numbers, by code and without words: metrics, findings, flows, losses."""
