"""Random numbers that belong to a purpose."""

import numpy as np
import torch


def stream(seed: int, purpose: str) -> torch.Generator:
    """Random numbers of their own for every seed and purpose. Torch keeps 32 bits of a seed, so a sum would not do."""
    key = np.random.SeedSequence([seed, *purpose.encode()])
    return torch.Generator().manual_seed(int(key.generate_state(1)[0]))
