# %%
import torch
from torch import nn
from torchvision import datasets, transforms

# %% [markdown]
# ## The data
#
# `prepare` turns an image into a tensor with values from 0 to 1. Add the normalisation.

# %%
prepare = transforms.ToTensor()
train_data = datasets.MNIST("data", train=True, download=True, transform=prepare)
test_data = datasets.MNIST("data", train=False, download=True, transform=prepare)

# %% [markdown]
# ## The network
#
# 784 → 300 → ReLU → 300 → ReLU → 10, raw logits out.

# %%
net = None

# %% [markdown]
# ## The training
#
# Adam, and a loss that takes logits.

# %%

# %% [markdown]
# ## The test images
#
# `predictions` and `labels`, then the matrix `confusion`: rows are true classes.

# %%
predictions, labels, confusion = None, None, None

# %% [markdown]
# ## Can it learn 100 images by heart?
#
# A fresh `small_net`, trained on `small_images` and `small_labels` alone.

# %%
small_net, small_images, small_labels = None, None, None
