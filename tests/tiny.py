"""Tiny model folders with random weights, saved by diffusers itself: the real formats at the smallest size."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderDC,
    AutoencoderKL,
    AutoencoderTiny,
    DDIMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FlowMatchLCMScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    LCMScheduler,
    PixArtAlphaPipeline,
    PixArtTransformer2DModel,
    PNDMScheduler,
    SanaSprintPipeline,
    SanaTransformer2DModel,
    SCMScheduler,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    TCDScheduler,
    UNet2DConditionModel,
)
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    Gemma2Config,
    Gemma2Model,
    GemmaTokenizer,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

SCHEDULERS = {
    "turbo": DDIMScheduler(prediction_type="epsilon", timestep_spacing="trailing"),
    "v": DDIMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True),
    "lcm": LCMScheduler(),
    "tcd": TCDScheduler(),
    "pndm": PNDMScheduler(skip_prk_steps=True, steps_offset=1),
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
    """Save a pipeline of the given kind (one of KINDS) and return its folder."""
    torch.manual_seed(7)
    if kind in PIPELINES:
        PIPELINES[kind](folder).save_pretrained(folder)
        return folder
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


def clip(words: CLIPTokenizer, projected: bool = False) -> CLIPTextModel | CLIPTextModelWithProjection:
    """A CLIP text encoder of two layers, 16 wide."""
    config = CLIPTextConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=16, projection_dim=16, bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id,
    )  # fmt: skip
    return CLIPTextModelWithProjection(config) if projected else CLIPTextModel(config)


def pieces() -> T5Tokenizer:
    """A T5 tokenizer of letters."""
    letters = [(chr(c), -2.0) for c in range(33, 127)]
    return T5Tokenizer(vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -1.0), *letters], extra_ids=0)


def t5(words: T5Tokenizer) -> T5EncoderModel:
    """A T5 encoder, 32 wide."""
    config = T5Config(vocab_size=len(words), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    return T5EncoderModel(config)


def kl(channels: int, shift: float | None = None) -> AutoencoderKL:
    """A variational autoencoder: two cells a side, so that sizes stay small."""
    quant = channels == 4
    return AutoencoderKL(
        latent_channels=channels, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, sample_size=32,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, scaling_factor=0.7,
        shift_factor=shift, use_quant_conv=quant, use_post_quant_conv=quant,
    )  # fmt: skip


def sdxl(folder: Path, saved_with: type = EulerDiscreteScheduler) -> DiffusionPipeline:
    """SDXL: two text encoders, sizes as conditions."""
    unet = UNet2DConditionModel(
        sample_size=8, block_out_channels=(16, 32), layers_per_block=2, norm_num_groups=8, cross_attention_dim=32,
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, projection_class_embeddings_input_dim=6 * 8 + 16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    words = tokenizer(folder / "words")
    scheduler = saved_with(
        timestep_spacing="trailing", beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012
    )
    return StableDiffusionXLPipeline(
        vae=kl(4), unet=unet, text_encoder=clip(words), text_encoder_2=clip(words, True), tokenizer=words,
        tokenizer_2=words, scheduler=scheduler, add_watermarker=False,
    )  # fmt: skip


def sd3(folder: Path, long: bool = True, saved_with: type = FlowMatchEulerDiscreteScheduler) -> DiffusionPipeline:
    """Stable Diffusion 3, with T5 or without."""
    transformer = SD3Transformer2DModel(
        sample_size=16, patch_size=2, in_channels=16, num_layers=2, attention_head_dim=8, num_attention_heads=4,
        joint_attention_dim=32, caption_projection_dim=32, pooled_projection_dim=32, out_channels=16,
        pos_embed_max_size=24,
    )  # fmt: skip
    words, long_words = tokenizer(folder / "words"), pieces()
    return StableDiffusion3Pipeline(
        transformer=transformer, scheduler=saved_with(shift=3.0), vae=kl(16, 0.1),
        text_encoder=clip(words, True), tokenizer=words, text_encoder_2=clip(words, True), tokenizer_2=words,
        text_encoder_3=t5(long_words) if long else None, tokenizer_3=long_words if long else None,
    )  # fmt: skip


def flux(folder: Path, told: bool = False) -> DiffusionPipeline:
    """Flux: schnell, or (told its guidance weight, shifted by size) dev."""
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=16, axes_dims_rope=(4, 4, 8), guidance_embeds=told,
    )  # fmt: skip
    words, long_words = tokenizer(folder / "words"), pieces()
    return FluxPipeline(
        transformer=transformer, scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=told), vae=kl(4, 0.1),
        text_encoder=clip(words), tokenizer=words, text_encoder_2=t5(long_words), tokenizer_2=long_words,
    )  # fmt: skip


def sana(folder: Path) -> DiffusionPipeline:
    """SANA-Sprint: a deep compression autoencoder, a small Gemma."""
    transformer = SanaTransformer2DModel(
        in_channels=4, out_channels=4, patch_size=1, num_layers=1, num_attention_heads=2, attention_head_dim=8,
        num_cross_attention_heads=2, cross_attention_head_dim=8, cross_attention_dim=16, caption_channels=8,
        sample_size=8, guidance_embeds=True, qk_norm="rms_norm_across_heads",
    )  # fmt: skip
    vae = AutoencoderDC(
        latent_channels=4, encoder_block_types="ResBlock", decoder_block_types="ResBlock",
        encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8), encoder_layers_per_block=(1, 1),
        decoder_layers_per_block=(1, 1), downsample_block_type="conv", upsample_block_type="interpolate",
        decoder_act_fns="silu", decoder_norm_types="rms_norm", scaling_factor=0.41407,
        encoder_qkv_multiscales=((), ()), decoder_qkv_multiscales=((), ()),
    )  # fmt: skip
    words = GemmaTokenizer(
        vocab={w: i for i, w in enumerate(["<pad>", "<eos>", "<bos>", "<unk>", "▁", *map(chr, range(33, 127))])},
        merges=[],
    )
    config = Gemma2Config(
        vocab_size=len(words), hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, head_dim=4, max_position_embeddings=1024,
    )  # fmt: skip
    return SanaSprintPipeline(
        tokenizer=words, text_encoder=Gemma2Model(config), vae=vae, transformer=transformer, scheduler=SCMScheduler()
    )


def pixart(folder: Path) -> DiffusionPipeline:
    """PixArt-alpha with a learnt variance."""
    transformer = PixArtTransformer2DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=1,
        cross_attention_dim=16, sample_size=8, patch_size=2, caption_channels=32, use_additional_conditions=False,
    )  # fmt: skip
    words = pieces()
    return PixArtAlphaPipeline(
        tokenizer=words, text_encoder=t5(words), vae=kl(4), transformer=transformer, scheduler=DDIMScheduler()
    )


PIPELINES = {
    "sdxl": sdxl, "sdxl-turbo": lambda folder: sdxl(folder, EulerAncestralDiscreteScheduler),
    "sdxl-lcm": lambda folder: sdxl(folder, LCMScheduler), "sd3": sd3,
    "sd3-lcm": lambda folder: sd3(folder, False, FlowMatchLCMScheduler),
    "sd3-short": lambda folder: sd3(folder, False), "flux": flux,
    "flux-dev": lambda folder: flux(folder, True), "sana": sana, "pixart": pixart,
}  # fmt: skip
KINDS = (*SCHEDULERS, *PIPELINES)
