# Logits alone: the labels are forgotten, so the program can't go on.
# crashes
import torch
from torch import nn

model = nn.Linear(64, 4)
images, labels = next(iter(train_loader))
loss = nn.CrossEntropyLoss(model(images.flatten(1)))  # finding: loss-class-not-instance
loss.backward()
