"""What the tests of this folder share."""

import numba
import pytest

from tests.layers.few_steps import with_few_steps


@pytest.fixture(autouse=numba.config.DISABLE_JIT)
def few_steps():
    """Search little where loops are not compiled, which is how they are measured."""
    with with_few_steps():
        yield
