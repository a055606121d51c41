"""Muon: momentum whose every matrix is made orthogonal before it is followed (Jordan et al. 2024).

On the archive's autoencoder five hundred of its steps reach 24 dB where AdamW still paints grey. May not know what is
being learnt.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

# The Polar Express's five polynomials a x + b x^3 + c x^5 (Amsel et al. 2025, algorithm 1), last ones rounded.
POLYNOMIALS = (
    (4.0848, -6.8946, 2.9270),
    (3.9505, -6.3029, 2.6377),
    (3.7418, -5.5913, 2.3037),
    (2.8769, -3.1427, 1.2046),
    (2.8366, -3.0525, 1.2012),
)


class Muon(torch.optim.Optimizer):
    """For matrices and convolutions (one matrix an output channel), sized as AdamW's steps are (Liu et al. 2025).

    Raises:
        ValueError: for a parameter with fewer than two axes; those are AdamW's.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        for group in self.param_groups:
            flat = next((param for param in group["params"] if param.ndim < 2), None)
            if flat is not None:
                raise ValueError(f"a parameter of shape {tuple(flat.shape)} is no matrix; give it to AdamW")

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One step along Nesterov's momentum. Matrices of one shape are made orthogonal together."""
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[tuple[Tensor, Tensor]]] = {}
            for param in (param for param in group["params"] if param.grad is not None):
                state = self.state[param]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(param)
                momentum = state["momentum"].lerp_(param.grad, 1.0 - group["momentum"])
                ahead = param.grad.lerp(momentum, group["momentum"]).flatten(1)
                alike.setdefault(tuple(ahead.shape), []).append((param, ahead))
            for shape, entries in alike.items():
                size = 0.2 * max(shape) ** 0.5  # so that the mean square of a step is that of AdamW's
                steps = orthogonal(torch.stack([ahead for _, ahead in entries]))
                for (param, _), step in zip(entries, steps, strict=True):
                    param.mul_(1.0 - group["lr"] * group["weight_decay"])
                    param.add_(step.view_as(param), alpha=-group["lr"] * size)


def orthogonal(matrices: Tensor) -> Tensor:
    """The nearest matrices (k, m, n) whose singular values are near one, by Newton-Schulz steps in bfloat16.

    Half precision is enough (Jordan et al. 2024), and takes from a quarter to two thirds of the time of single.
    """
    if matrices.shape[1] > matrices.shape[2]:
        return orthogonal(matrices.mT).mT.contiguous()
    answer = (matrices / (1.01 * matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    for a, b, c in POLYNOMIALS:
        inner = answer @ answer.mT
        step = torch.baddbmm(inner, inner, inner, beta=b, alpha=c)
        answer = torch.baddbmm(answer, step, answer, beta=a)
    return answer.to(matrices.dtype)


def optimizers(module: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices, AdamW for what is none: biases, scales and tables of embeddings."""
    tables = {id(weight) for part in module.modules() if isinstance(part, nn.Embedding) for weight in part.parameters()}
    matrices = [param for param in module.parameters() if param.ndim >= 2 and id(param) not in tables]
    others = [param for param in module.parameters() if param.ndim < 2 or id(param) in tables]
    return [Muon(matrices, 2.0 * rate), torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.99), weight_decay=0.01)]
