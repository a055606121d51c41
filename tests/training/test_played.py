"""The contact sheet: every subject, in full rows."""

import torch

from perf.records.record import KINDS
from perf.training.played import COLUMNS, filled


def test_groups_of_pictures_fill_their_rows_with_black() -> None:
    subjects = [torch.ones(1, 3, 2, 2)] * len(KINDS["subject"])
    row = filled(subjects)
    assert len(row) % COLUMNS == 0
    assert len(row) - len(subjects) < COLUMNS
    assert all(bool((one == -1).all()) for one in row[len(subjects) :])
    assert len(filled(subjects[:COLUMNS])) == COLUMNS
