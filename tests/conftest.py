"""Fixtures that several test files share."""

import pytest
from small_course import SmallCourse


@pytest.fixture
def small_course(tmp_path):
    """A course with one tiny lesson, in a folder of its own."""
    return SmallCourse(tmp_path)
