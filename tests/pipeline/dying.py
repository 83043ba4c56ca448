"""Blocks whose worker dies: always, or once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from minrisk.pipeline.keep import Block, run_block

#: Names a file that does not exist yet; the worker that makes it dies.
MARK = "MINRISK_TEST_DIES_ONCE"


def dies(*_: Any) -> NoReturn:
    """End the process that computes the block."""
    os._exit(9)


def dies_once(*task: Any) -> Block:
    """End the first process that gets to the draws from 100 on; after that, compute."""
    if task[3] >= 100:
        try:
            Path(os.environ[MARK]).touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os._exit(9)
    return run_block(*task)
