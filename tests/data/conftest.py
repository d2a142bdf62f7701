"""The sample cities, made once for all tests that only look at them."""

import numpy as np
import pytest

from data.sample_city import City, make_city


@pytest.fixture(scope="session")
def hamlet() -> City:
    return make_city("hamlet", seed=1)


@pytest.fixture(scope="session")
def small() -> City:
    return make_city("small", seed=1)


@pytest.fixture(scope="session")
def yangquan() -> City:
    return make_city("yangquan", seed=1)


@pytest.fixture(scope="session")
def xigang() -> City:
    return make_city("xigang", seed=1)


@pytest.fixture(scope="session", params=["hamlet", "small", "yangquan", "xigang"])
def city(request) -> City:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def numbers():
    """Turn a column with None into floats with NaN."""
    return lambda column: np.array([np.nan if v is None else v for v in column], dtype=float)
