"""From a scheduler's config to our schedule: what a model was trained on, whatever steps its scheduler would take."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from perf.diffusion.flow import ShiftBySize, ShiftedFlow, TrigFlow
from perf.diffusion.schedule import TRAINED, Schedule

FLOWS = ("FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler", "FlowMatchLCMScheduler")
PREDICTIONS = ("epsilon", "v_prediction", "flow_prediction", "sample")
BETAS = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "rescale_betas_zero_snr")
FOREIGN = ("EDM", "CMStochastic", "ScoreSde", "KarrasVe", "CosineDPM")  # of a scale of noise that has no betas
LONGEST = 100_000  # timesteps; models have a thousand
ScheduleAt = Callable[[tuple[int, ...]], Schedule]


def foreign(config: Mapping[str, Any]) -> str:
    """The class of a scheduler whose noise is none that we know; "" for all others."""
    kind = str(config.get("_class_name"))
    return kind if kind.startswith(FOREIGN) else ""


def prediction_of(config: Mapping[str, Any]) -> str:
    """What the network predicts. TrigFlow's answer is a v: x0 = cos(t)·x - sin(t)·v. Raises ValueError."""
    kind = config.get("_class_name")
    if kind in FLOWS:
        return "flow_prediction"
    if kind == "SCMScheduler":
        return "v_prediction"
    prediction = str(config.get("prediction_type", "epsilon"))
    if prediction not in PREDICTIONS:
        raise ValueError(f"prediction_type {prediction}; known are {', '.join(PREDICTIONS)}")
    return prediction


def schedule_of(config: Mapping[str, Any], patch: int) -> ScheduleAt:
    """The schedule for latents of a shape; `patch` is the network's, in latent cells a token. Raises ValueError."""
    count = config.get("num_train_timesteps", TRAINED)
    if type(count) is not int or not 2 <= count <= LONGEST:
        raise ValueError(f"num_train_timesteps {str(count)[:80]}; it takes 2…{LONGEST:,}")
    if config.get("use_dynamic_shifting"):
        shift = ShiftBySize(
            config.get("base_shift") or 0.5,
            config.get("max_shift") or 1.15,
            config.get("base_image_seq_len") or 256,
            config.get("max_image_seq_len") or 4096,
            config.get("time_shift_type") or "exponential",
        )
        return lambda shape: shift.at((shape[-2] // patch) * (shape[-1] // patch))
    schedule = _fixed(config)
    return lambda shape: schedule


def _fixed(config: Mapping[str, Any]) -> Schedule:
    if config.get("_class_name") == "SCMScheduler":
        return TrigFlow()
    if prediction_of(config) == "flow_prediction":
        return ShiftedFlow(shift=float(config.get("shift") or config.get("flow_shift") or 1.0))
    return Schedule(_alphas(tuple((key, _frozen(config[key])) for key in BETAS if key in config)))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=8)
def _alphas(betas: tuple[tuple[str, Any], ...]) -> tuple[float, ...]:
    """The products of (1 - beta) as diffusers computes them."""
    from diffusers import DDIMScheduler

    try:
        scheduler = DDIMScheduler(**dict(betas))
    except (RuntimeError, TypeError, ValueError) as error:
        raise ValueError(f"{error}; its betas are not understood") from error
    return tuple(scheduler.alphas_cumprod.tolist())
