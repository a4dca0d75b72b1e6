"""What holds for all tests."""

import torch

torch.set_num_threads(1)  # as the dashboard does
