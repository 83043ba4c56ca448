"""The middle of the corridor: scenario, data and engine meet here and nowhere else."""

from minrisk.pipeline.build import build_inputs, stream_names
from minrisk.pipeline.run import Run, run
from minrisk.pipeline.summary import summary

__all__ = ["Run", "build_inputs", "run", "stream_names", "summary"]
