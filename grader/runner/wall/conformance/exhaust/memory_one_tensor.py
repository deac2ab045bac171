# Asks for a tensor of a terabyte.
# outcome: out_of_memory
# needs: torch
# limits: {"memory_bytes": 268435456}

import torch

torch.empty(1 << 38).fill_(1.0)
