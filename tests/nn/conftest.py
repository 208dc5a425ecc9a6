"""One thread for all tests of networks: results repeat, and other tests keep their core."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    import torch

    torch.set_num_threads(1)
