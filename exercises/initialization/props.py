"""Models to initialize, as PyTorch makes them."""

from torch import nn


def model():
    """Linear layers between others, a convolution and an embedding; it is never run."""
    return nn.Sequential(
        nn.Conv2d(16, 40, 3),
        nn.Sequential(nn.Linear(300, 120), nn.BatchNorm1d(120), nn.ReLU()),
        nn.Dropout(0.1),
        nn.Linear(120, 400),
        nn.Embedding(20, 30),
        nn.Conv1d(6, 12, 5),
        nn.LayerNorm(11),
        nn.LSTM(6, 7),
    )


def lstm():
    """Two layers of 48 hidden units over 300 inputs."""
    return nn.LSTM(input_size=300, hidden_size=48, num_layers=2)
