# Uses torch's and numpy's linear algebra, which has threads of its own.
# outcome: ok
# needs: torch

import numpy as np
import torch

torch.set_num_threads(2)
a = torch.randn(300, 300)
torch.linalg.svd(a)
torch.linalg.solve(a, a)
torch.fft.fft2(a)
np.linalg.eig(np.random.rand(200, 200))
print((a @ a).sum().item(), "fine")
