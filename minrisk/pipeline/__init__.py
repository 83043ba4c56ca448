"""The middle of the corridor: scenario, data and engine meet here and nowhere else."""

from minrisk.pipeline.build import build_inputs
from minrisk.pipeline.run import Run, run
from minrisk.pipeline.summary import summary

__all__ = ["Run", "build_inputs", "run", "summary"]
