# Uniform numbers, a match statement, new Parameters, gates one by one.
import torch
from torch import nn


def _uniform(rows, columns, std):
    bound = std * 3 ** 0.5
    return torch.empty(rows, columns).uniform_(-bound, bound)


def kaiming_init(fan_in: int, fan_out: int) -> torch.Tensor:
    return _uniform(fan_out, fan_in, (2 / fan_in) ** 0.5)


def xavier_init(fan_in: int, fan_out: int) -> torch.Tensor:
    return _uniform(fan_out, fan_in, (2 / (fan_in + fan_out)) ** 0.5)


def init_weights(module: nn.Module) -> None:
    match module:
        case nn.Linear():
            module.weight = nn.Parameter(xavier_init(module.in_features, module.out_features))
            module.bias = nn.Parameter(torch.zeros(module.out_features))
        case _:
            pass


def init_lstm(lstm: nn.LSTM) -> nn.LSTM:
    with torch.no_grad():
        for layer in range(lstm.num_layers):
            w_ih, w_hh = getattr(lstm, f"weight_ih_l{layer}"), getattr(lstm, f"weight_hh_l{layer}")
            for gate in range(4):
                rows = slice(gate * lstm.hidden_size, (gate + 1) * lstm.hidden_size)
                w_ih[rows] = xavier_init(w_ih.shape[1], lstm.hidden_size)
                q, _ = torch.linalg.qr(torch.randn(lstm.hidden_size, lstm.hidden_size))
                w_hh[rows] = q
            for kind in ("ih", "hh"):
                bias = getattr(lstm, f"bias_{kind}_l{layer}")
                bias.copy_(torch.tensor([0.0, 0.5, 0.0, 0.0]).repeat_interleave(lstm.hidden_size))
    return lstm
