"""The second family: a flow transformer (Peebles & Xie 2023; Chen et al. 2023) of few steps, on the same archive.

It learns the first family's straight lines from its folder, and flow matching from the records, and is told guidance
and negatives as the first is: the turned tokens of what to keep away from, then one token of the weight's sinusoids.
May not know pictures or files, besides the folder that it writes.
"""

from __future__ import annotations

import copy
import warnings

import torch
from diffusers import PixArtSigmaPipeline, PixArtTransformer2DModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from transformers import T5Config, T5EncoderModel, T5Tokenizer

from perf.training.autoencoder import CHANNELS
from perf.training.folder import Parts, finish, scheduler
from perf.training.network import TRAIN_TIMESTEPS, Ask, guidance_embedding, tokenize
from perf.training.options import Shape, TrainOptions
from perf.training.tokens import LENGTH, alphabet

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"


def tokenizer(words: list[str]) -> T5Tokenizer:
    """T5's tokenizer over the archive's vocabulary: each known word one piece, any other text its letters."""
    pieces = [(PAD, 0.0), (END, 0.0), (UNKNOWN, 0.0), ("▁", -4.0)]
    letters = sorted(set(alphabet()) | {letter for word in words for letter in word} | set(", '-"))
    pieces += [(letter, -6.0) for letter in letters if letter != " "]
    pieces += [(f"▁{word}", -1.0) for word in words if word != ","]
    made = T5Tokenizer(vocab=pieces, eos_token=END, unk_token=UNKNOWN, pad_token=PAD, extra_ids=0)
    made.model_max_length = LENGTH
    return made


def text_encoder(shape: Shape, known: T5Tokenizer) -> T5EncoderModel:
    """Two layers of T5's encoder."""
    config = T5Config(
        vocab_size=len(known),
        d_model=shape.text,
        d_kv=shape.text // shape.heads,
        d_ff=2 * shape.text,
        num_layers=2,
        num_heads=shape.heads,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        pad_token_id=0,
        eos_token_id=1,
    )
    return T5EncoderModel(config)


def transformer(shape: Shape) -> PixArtTransformer2DModel:
    """Patches of 2x2 latent cells: 60 tokens a picture of 320x192. Any size of whole patches is drawn."""
    return PixArtTransformer2DModel(
        num_attention_heads=shape.width // 32,
        attention_head_dim=32,
        num_layers=shape.layers,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        cross_attention_dim=shape.width,
        caption_channels=shape.text,
        sample_size=32,
        patch_size=2,
    )


class Sculptor(nn.Module):
    """A noisy latent and a time in 0..1, under what is asked, to a velocity (noise minus data)."""

    def __init__(self, shape: Shape, known: T5Tokenizer) -> None:
        super().__init__()
        self.text = text_encoder(shape, known)
        self.network = transformer(shape)
        self.network.set_attn_processor(AttnProcessor())  # the fused one's backward takes 40 % of a step on a processor
        self.nothing = tokenize(known, [""])

    def forward(self, latents: Tensor, time: Tensor, ask: Ask) -> Tensor:
        """The velocity field of flow matching (Lipman et al. 2023) at these times."""
        condition, mask = self._states(ask.tokens)
        parts, masks = [condition], [mask]
        if ask.against is not None and ask.share is not None:
            nothing = self.nothing.to(latents.device)
            for ids, share in ((nothing, 1.0 - ask.share), (ask.against, ask.share)):
                states, there = self._states(ids)
                parts.append(-share.view(-1, 1, 1) * states)
                masks.append(share.view(-1, 1) * there)
            parts[1:], masks[1:] = [parts[1] + parts[2]], [masks[1] + masks[2]]
        if ask.weight is not None:
            parts.append(guidance_embedding(ask.weight, condition.shape[2])[:, None])
            masks.append(mask.new_ones(len(mask), 1))
        velocity: Tensor = self.network(
            latents,
            encoder_hidden_states=torch.cat(parts, dim=1),
            encoder_attention_mask=torch.cat(masks, dim=1).clamp(0, 1).log().clamp(min=-10000.0)[:, None],
            timestep=time * TRAIN_TIMESTEPS,
            added_cond_kwargs={"resolution": None, "aspect_ratio": None},
        ).sample
        return velocity

    def _states(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """The text's states and its mask; nothing where there is no token."""
        mask = (ids != 0).float()
        return self.text(ids, attention_mask=mask).last_hidden_state * mask[..., None], mask

    def asked(self, ids: Tensor, weight: float) -> Ask:
        """These captions at a guidance weight, and nothing against them."""
        count = len(ids)
        return Ask(ids, self.nothing.expand_as(ids), torch.zeros(count), torch.full((count,), weight))


def recalled(sculptor: Sculptor, options: TrainOptions) -> bool:
    """Takes the weights of a folder that is there already, unless all is to be made afresh. Whether it did."""
    if not options.resume or not (options.second / "transformer").exists():
        return False
    encoder = T5EncoderModel.from_pretrained(options.second / "text_encoder", dtype=torch.float32)
    network = PixArtTransformer2DModel.from_pretrained(options.second / "transformer", torch_dtype=torch.float32)
    sculptor.text.load_state_dict(encoder.state_dict())
    sculptor.network.load_state_dict(network.state_dict())
    return True


def publish(parts: Parts, scale: float, options: TrainOptions) -> None:
    """Writes the folder in half precision, as stock PixArtSigmaPipeline loads it."""
    sculptor, where = parts.painter, options.second
    assert isinstance(sculptor, Sculptor)
    vae = copy.deepcopy(parts.autoencoder).half()
    vae.register_to_config(scaling_factor=scale)
    pipeline = PixArtSigmaPipeline(
        tokenizer=parts.tokenizer,
        text_encoder=copy.deepcopy(sculptor.text).half(),
        vae=vae,
        transformer=copy.deepcopy(sculptor.network).half(),
        scheduler=scheduler(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.save_pretrained(where)
    finish(where, options)
