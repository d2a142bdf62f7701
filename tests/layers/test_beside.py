import pytest

from layers.beside import Beside, side_by_side
from layers.policy_keys import Effort

GB = 10**9


@pytest.mark.parametrize(
    ("asked", "processes", "cores"),
    [
        ({}, 4, 1),
        ({"parts": 2}, 2, 2),
        ({"parts": 0}, 1, 4),
        ({"parts": 3}, 3, 1),
        ({"most": 1}, 1, 4),
        ({"most": 6}, 6, 1),
        ({"free_bytes": 3 * GB}, 2, 2),
        ({"free_bytes": 3 * GB, "effort": Effort.PROOF}, 1, 4),
        ({"free_bytes": 3 * GB, "effort": Effort.QUICK}, 3, 1),
        ({"free_bytes": 3 * GB, "most": 8}, 2, 2),
        ({"free_bytes": 0}, 1, 4),
    ],
    ids=[
        *(
            "as many as cores",
            "fewer districts",
            "nothing to do",
            "a core left over",
            "one asked for",
        ),
        *("more than cores asked for", "memory", "a proof", "a quick look", "asked for too many"),
        "no memory known to be free",
    ],
)
def test_processes_are_as_many_as_cores_and_memory_allow(asked, processes, cores):
    machine = {"parts": 9, "effort": Effort.THOROUGH, "cores": 4, "free_bytes": 32 * GB}
    assert side_by_side(**machine | asked) == Beside(processes=processes, cores=cores)
