"""The middle of the corridor: scenario, data and engine meet here and nowhere else."""
