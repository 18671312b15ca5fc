import pytest

from tests.results import Result, sample_result


@pytest.fixture
def result() -> Result:
    return sample_result()
