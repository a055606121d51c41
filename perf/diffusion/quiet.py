"""Keeping the libraries' progress bars and advice off the performer's terminal.

`parts.loaded` calls it; a process that only plays calls it before the libraries are imported, and hears less still.
"""

import logging
import os


def quiet() -> None:
    """Say no more than we do ourselves."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("diffusers").setLevel(logging.ERROR)
