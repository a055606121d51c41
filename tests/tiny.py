"""Tiny model folders with random weights, saved by diffusers itself: the real formats at the smallest size."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderTiny,
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    LCMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTokenizer

SCHEDULERS = {
    "turbo": DDIMScheduler(prediction_type="epsilon", timestep_spacing="trailing"),
    "v": DDIMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True),
    "lcm": LCMScheduler(),
    "flow": DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True),
}


def tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIP tokenizer of letters."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(c) for c in range(33, 127)]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: i for i, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=16)


def save(folder: Path, kind: str = "flow") -> Path:
    """Save a pipeline of the given kind (turbo, v, lcm, flow) and return its folder."""
    torch.manual_seed(7)
    unet = UNet2DConditionModel(
        sample_size=8, block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=8, cross_attention_dim=16,
        attention_head_dim=8, time_cond_proj_dim=32 if kind == "lcm" else None,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    vae = AutoencoderTiny(
        encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4, num_encoder_blocks=(1,) * 4,
        num_decoder_blocks=(1,) * 4,
    )  # fmt: skip
    words = tokenizer(folder / "tokenizer")
    config = CLIPTextConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=16,
    )  # fmt: skip
    pipeline = StableDiffusionPipeline(
        vae=vae, unet=unet, text_encoder=CLIPTextModel(config), tokenizer=words, scheduler=SCHEDULERS[kind],
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(folder)
    return folder


def save_guide(folder: Path) -> Path:
    """Save a CLIP pair into a model folder, as its guide, and return the model folder."""
    torch.manual_seed(11)
    words = tokenizer(folder / "guide")
    layers = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = {"vocab_size": len(words), "max_position_embeddings": 16, "eos_token_id": words.eos_token_id, **layers}
    config = CLIPConfig(
        text_config=text, vision_config={"image_size": 32, "patch_size": 8, **layers}, projection_dim=8
    )  # fmt: skip
    CLIPModel(config).save_pretrained(folder / "guide")
    words.save_pretrained(folder / "guide")
    return folder
