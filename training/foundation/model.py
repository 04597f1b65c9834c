"""The causal transformer of SPEC §8 in PyTorch, number for number what src/compute/sequence computes.

    x = (1 - w)(Win e + bin) + w T[item] + K[kind] + D[device] + P[phase] + Wf f,   w = tanh(n / blend)
    a layer: x += Wo attend(LN x) + bo;  x += W2 gelu(W1 LN x + b1) + b2
    u = LN x: the user embedding;  score of an item = u · ((1 - w)(Wout e + bout) + w T[item]) / sqrt(width)
    next kind: softmax(Wk u + bk)

Attention is causal within a window, with a learned number a head and distance instead of places. Row 0 of K, D and P stands for
what isn't named and is zero.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FEATURES = 8


@dataclass(frozen=True)
class Shape:
    layers: int = 2
    width: int = 128
    heads: int = 4
    hidden: int = 256
    window: int = 50
    text: int = 256
    blend: float = 200

    def reach(self) -> int:
        """Newest interactions that decide a user embedding."""
        return self.layers * (self.window - 1) + 1


class Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float):
        super().__init__()
        width = shape.width
        self.heads, self.window, self.dropout = shape.heads, shape.window, dropout
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, shape.hidden), nn.Linear(shape.hidden, width)
        self.distance = nn.Parameter(torch.zeros(shape.heads, shape.window))

    def forward(self, x: Tensor) -> Tensor:
        batch, size, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, size, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        drop = self.dropout if self.training else 0.0
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=self._bias(size)[None], dropout_p=drop)
        x = x + F.dropout(self.out(mixed.transpose(1, 2).reshape(batch, size, width)), drop)
        return x + F.dropout(self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh")), drop)

    def _bias(self, size: int) -> Tensor:
        """heads x size x size: the number of each distance; -inf for what lies ahead or beyond the window."""
        place = torch.arange(size, device=self.distance.device)
        back = place[:, None] - place[None]
        bias = self.distance[:, back.clamp(0, self.window - 1)]
        return bias.masked_fill((back < 0) | (back >= self.window), -math.inf)


class Foundation(nn.Module):
    """`texts` items x text, `counts` actions on each item in the training log; both are given, not learned."""

    def __init__(self, shape: Shape, texts: Tensor, counts: Tensor, kinds: int, devices: int, phases: int, dropout=0.0):
        super().__init__()
        width = shape.width
        self.shape, self.dropout = shape, dropout
        self.register_buffer("texts", texts, persistent=False)
        self.register_buffer("counts", counts.float())
        self.kinds = nn.Embedding(kinds + 1, width, padding_idx=0)
        self.devices = nn.Embedding(devices + 1, width, padding_idx=0)
        self.phases = nn.Embedding(phases + 1, width, padding_idx=0)
        self.features = nn.Linear(FEATURES, width, bias=False)
        self.textIn, self.textOut = nn.Linear(shape.text, width), nn.Linear(shape.text, width)
        self.items = nn.Embedding(len(counts), width)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        self.kindHead = nn.Linear(width, kinds)
        for table in (self.kinds, self.devices, self.phases, self.items):
            nn.init.normal_(table.weight, std=0.02)
            if table.padding_idx is not None:
                table.weight.data[0] = 0

    def blend(self, dropped: Tensor | None = None) -> Tensor:
        """Weight of each item's own embedding; 0 for `dropped` ones, which then are as if never seen."""
        weight = torch.tanh(self.counts / self.shape.blend)
        return weight if dropped is None else weight * ~dropped

    def tables(self, dropped: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """All items as they enter, and as they are scored: items x width each."""
        w = self.blend(dropped)[:, None]
        own = w * self.items.weight
        return (1 - w) * self.textIn(self.texts) + own, (1 - w) * self.textOut(self.texts) + own

    def forward(self, table: Tensor, item: Tensor, kind: Tensor, device: Tensor, phase: Tensor, features: Tensor) -> Tensor:
        """User embeddings after each interaction: batch x size x width. `table` is the first of `tables()`."""
        x = table[item] + self.kinds(kind) + self.devices(device) + self.phases(phase) + self.features(features)
        x = F.dropout(x, self.dropout, self.training)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)

    def scores(self, user: Tensor, projected: Tensor) -> Tensor:
        return user @ projected.T / math.sqrt(self.shape.width)

    def named_for_file(self) -> list[tuple[str, Tensor]]:
        """Tensors in the file's order (src/compute/sequence/shape.ts), each with rows and columns."""
        def row(vector: Tensor) -> Tensor:
            return vector[None]

        def norm(name: str, module: nn.LayerNorm) -> list[tuple[str, Tensor]]:
            return [(f"{name}.gain", row(module.weight)), (f"{name}.shift", row(module.bias))]

        def linear(name: str, module: nn.Linear) -> list[tuple[str, Tensor]]:
            return [(f"{name}.weight", module.weight), (f"{name}.bias", row(module.bias))]

        tensors = [(name, getattr(self, name).weight) for name in ("kinds", "devices", "phases", "features")]
        tensors += linear("textIn", self.textIn) + linear("textOut", self.textOut)
        for n, layer in enumerate(self.layers):
            tensors += norm(f"{n}.norm1", layer.norm1) + linear(f"{n}.qkv", layer.qkv)
            tensors += [(f"{n}.distance", layer.distance)] + linear(f"{n}.out", layer.out)
            tensors += norm(f"{n}.norm2", layer.norm2) + linear(f"{n}.up", layer.up) + linear(f"{n}.down", layer.down)
        tensors += norm("norm", self.norm) + linear("kindHead", self.kindHead)
        return tensors + [("counts", row(self.counts)), ("items", self.items.weight)]

    def shape_for_file(self) -> dict:
        return asdict(self.shape)
