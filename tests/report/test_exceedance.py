"""How likely, how bad: two statements, each true by itself, and no claim that both come together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from minrisk.report.losses import exceedance_sentence
from minrisk.results.losses import element_losses
from minrisk.risk import value_at_risk
from minrisk.text import element_name, percent, yen


def test_each_loss_has_a_sentence_of_its_own(ban: Any) -> None:
    """A tenth and a hundredth of draws exceed what is said of each; nothing joins the two by "and"."""
    said = exceedance_sentence(ban)
    unserved, lost, apart = said.split(". ")
    first = element_losses(ban)[0]
    for words, values, write in ((unserved, first.values, percent), (lost, ban.economy_metrics["loss_jpy"], yen)):
        for probability in (0.1, 0.01):
            size = float(value_at_risk(values, 1.0 - probability))
            assert write(size) in words
            assert np.mean(values > size) <= probability
    assert element_name(ban.dataset, first.code) in unserved
    assert apart == "The two are counted apart: the draws need not be the same."
    assert " and more than" not in said


def test_one_loss_alone_needs_no_remark(ban: Any) -> None:
    """Without industries there is one statement, in words of its own."""
    bare = replace(ban, economy_metrics={})
    assert "apart" not in exceedance_sentence(bare)
    assert exceedance_sentence(bare).endswith("in one in a hundred.")
