# Builds a model of torchvision and transforms images.
# outcome: ok
# needs: torch

import torch
from torchvision import models, transforms
from PIL import Image

image = Image.new("RGB", (40, 40), "red")
image.save("red.png")
tensor = transforms.Compose(
    [transforms.Resize(32), transforms.RandomHorizontalFlip(), transforms.ToTensor()]
)(Image.open("red.png"))
with torch.no_grad():
    print(models.resnet18().eval()(tensor[None]).shape, "fine")
