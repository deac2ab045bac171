"""The complete MNIST pipeline: data, model, training, the best epoch kept, and a test."""

import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

EPOCHS = 8

# --- data: normalised, 50,000 images to train on, 10,000 to validate, and those to test ---


# --- model ---


class MNISTNet(nn.Module):
    """784-256-128-10 with ReLU and dropout."""

    def __init__(self, dropout_rate=0.3):
        super().__init__()
        raise NotImplementedError("make the layers")

    def forward(self, x):
        """From images (batch, 1, 28, 28) to logits (batch, 10)."""
        raise NotImplementedError("write the forward pass")


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = MNISTNet().to(device)

# --- training: in each epoch train, validate, and keep the weights if they are the best so far ---


# --- test: put the best weights back, and measure once ---
