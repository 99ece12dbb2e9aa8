"""conda specifications as PyPI requirements."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from lazulite.environments.conda import to_pypi
from lazulite.model.errors import EnvironmentFailed


@pytest.mark.parametrize(
    ("conda", "pypi"),
    [
        ("numpy", "numpy"),
        ("numpy=1.19", "numpy==1.19.*"),
        ("numpy=1.19.*", "numpy==1.19.*"),
        ("numpy=1.19.2=py38_0", "numpy==1.19.2.*"),
        ("numpy==1.19.2", "numpy==1.19.2"),
        ("numpy 1.19.2", "numpy==1.19.2"),
        ("numpy 1.19.2 py38_0", "numpy==1.19.2"),
        ("numpy 1.19*", "numpy==1.19.*"),
        ("numpy >=1.18, <2", "numpy<2,>=1.18"),
        ("numpy!=1.20", "numpy!=1.20"),
        ("numpy=*", "numpy"),
        ("numpy[version='>=1.2']", "numpy>=1.2"),
        ("conda-forge::numpy>=1.20", "numpy>=1.20"),
        ("conda-forge/linux-64::numpy", "numpy"),
        ("Scikit_Learn=1.3", "scikit-learn==1.3.*"),
        ("pytorch=2.1", "torch==2.1.*"),
        ("py-xgboost<=0.90", "xgboost<=0.90"),
        ("msgpack-python", "msgpack"),
        ("psycopg2=2.9", "psycopg2-binary==2.9.*"),
        ("librosa", "librosa"),
    ],
)
def test_a_conda_specification_in_words_of_pypi(conda: str, pypi: str):
    converted = to_pypi([conda])

    assert converted.requirements == (pypi,)
    assert converted.notes == ()


@pytest.mark.parametrize(
    "name",
    ["cudatoolkit=10.1", "mkl", "libgcc", "openmpi", "nomkl", "_libgcc_mutex", "r-base"],
)
def test_what_exists_for_conda_only_is_left_out_and_named(name: str):
    converted = to_pypi(["numpy", name])

    assert converted.requirements == ("numpy",)
    assert name in converted.notes[0]


def test_python_and_pip_are_there_anyway():
    assert to_pypi(["python=3.8", "pip=20"]).requirements == to_pypi(["python=3.8", "pip=20"]).notes == ()


@pytest.mark.parametrize("bad", ["", "=1.2", "numpy=1.2|1.3", "numpy=2020b-x!", "num py>=>1", ">=1"])
def test_what_cannot_be_read_is_named(bad: str):
    with pytest.raises(EnvironmentFailed) as caught:
        to_pypi([bad])

    assert repr(bad) in caught.value.message


_VERSION = st.lists(st.integers(0, 50), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@settings(deadline=None)
@given(name=st.from_regex(r"[a-z][a-z0-9]{2,10}", fullmatch=True), version=_VERSION)
def test_a_fuzzy_version_takes_exactly_those_that_begin_with_it(name: str, version: str):
    for text in to_pypi([f"{name}={version}"]).requirements:
        specifier = Requirement(text).specifier
        assert specifier.contains(version)
        assert specifier.contains(version + ".1")
        assert not specifier.contains(version.rpartition(".")[0] + f".{51}" if "." in version else "51")
