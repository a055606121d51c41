"""The second sampler: another model, or the same one again, on prompts of its own.

Its parameters are the first's with `/second` before their address; the camera and the travelling noise it shares. It
has no masks, planes, films and LoRAs. May not know layers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from perf.core.event import Value
from perf.core.frame import Job, Mask, Planes
from perf.core.job import job_of
from perf.core.moment import Moment
from perf.core.param import Param
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.table import base_params

AT = "/second"
GROUPS = ("/prompt/", "/sampler/", "/source/")
SHARED = ("/sampler/drift", "/source/layer", "/source/mix")  # and what is no setting of one sampler
FILM = "media"  # a source that only the first has


def _mirrored(param: Param) -> bool:
    own = param.address.startswith(GROUPS) and param.address not in SHARED
    return own and param.kind != "trigger" and not param.address.endswith("/region")


def _param(param: Param) -> Param:
    choices = tuple(choice for choice in param.choices if choice != FILM or not param.address.startswith("/source/"))
    return replace(param, address=AT + param.address, choices=choices, help=f"of the second sampler: {param.help}")


MIRRORED = tuple(param for param in base_params() if _mirrored(param))
OWN = tuple((param.address, AT + param.address) for param in MIRRORED)


def second_params() -> Iterable[Param]:
    """The parameters of a patch's second sampler."""
    return map(_param, MIRRORED)


def second_job(patch: Patch, state: State, values: Mapping[str, Value], moment: Moment) -> Job | None:
    """What the second sampler is to do; None where the patch has none."""
    if patch.second is None:
        return None
    job = job_of(patch, state, {**values, **{own: values[at] for own, at in OWN}}, moment)
    return replace(
        job,
        regions=(),
        mask=Mask(),
        planes=Planes(),
        mix=0.0,
        likeness="",
        loras=(),
        depth=False,
        touch=state.second_touches,
        size=patch.second.size,
    )
