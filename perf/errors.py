"""The errors a person may meet. A message names where, the bad value, what is allowed and the cure.

    RetrogradeError
    ├── UsageError        a wrong argument or file: exit status 2
    │   ├── PatchError    a patch that does not say what it should
    │   ├── ShaderError   an ISF shader: its header, its expressions or its GLSL
    │   ├── TakeError     a take that cannot be replayed
    │   ├── ImportFileError  another tool's file that is not what it should be
    │   ├── ManifestError a table of values that cannot be played
    │   └── ModelError    a model folder that is missing a part or is not understood
    └── DeviceError       something outside failed while running: a port, a screen, a disk: exit status 1

This file raises nothing and imports nothing.
"""


class RetrogradeError(Exception):
    """Any error that has a cure a person can apply."""


class UsageError(RetrogradeError):
    """A wrong argument or file."""


class FileError(UsageError):
    """A file that says something wrong, with the place: `FILE:LINE: what`."""

    def __init__(self, message: str, file: str = "", line: int | None = None) -> None:
        self.message, self.file, self.line = message, file, line
        place = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(place + message)


class PatchError(FileError):
    """A patch that does not say what it should."""


class ShaderError(FileError):
    """An ISF shader: its header, its expressions or its GLSL."""


class TakeError(FileError):
    """A take that cannot be replayed."""


class ImportFileError(FileError):
    """Another tool's file that is not what it should be."""


class ManifestError(FileError):
    """A table of values that cannot be played."""


class ModelError(UsageError):
    """A model folder that is missing a part or is not understood."""


class DeviceError(RetrogradeError):
    """Something outside failed while running: a port, a screen, a disk."""


class GivenUp(Exception):
    """Work that was not gone on with, because something newer is wanted: no error."""
