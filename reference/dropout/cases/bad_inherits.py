# It inherits from nn.Dropout.
# failed: by_hand
from torch import nn


class ManualDropout(nn.Dropout):
    pass
