# Imports what torch loads late: its compiler's front end, its hub, its profiler.
# outcome: ok
# needs: torch
# limits: {"wall_s": 60}

import torch
import torch._dynamo
import torch.hub
import torch.profiler
import torch.utils.checkpoint

print("fine")
