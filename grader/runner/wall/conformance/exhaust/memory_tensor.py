# Asks torch for more memory than there is to have.
# outcome: out_of_memory
# needs: torch
# limits: {"memory_bytes": 268435456}

import torch

held = []
while True:
    held.append(torch.ones(16 << 20))
