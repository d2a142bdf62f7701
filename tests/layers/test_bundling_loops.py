import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.layers.few_steps import plans


@pytest.mark.compiled
def test_plain_python_plans_what_compiled_loops_plan():
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.layers.few_steps"],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout == plans()
