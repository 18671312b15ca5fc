"""What sessions see of the machine's files, wherever things are installed."""

from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.command_line import file_tree, first_uid
from autograder.sandbox.host.visible_paths import VisiblePaths, visible_paths
from autograder.sandbox.protocol.config import UIDS


def beside_everything_else(tmp_path: Path) -> VisiblePaths:
    """numpy in the standard library's own site-packages, as without a virtual environment."""
    stdlib = tmp_path / "lib" / "python3"
    packages = stdlib / "site-packages"
    for directory in (stdlib / "json", packages / "numpy", packages / "source_lib"):
        directory.mkdir(parents=True)
    (stdlib / "os.py").touch()
    python = tmp_path / "bin" / "python3"
    return VisiblePaths(python, (stdlib, packages / "numpy"), (packages,), (), packages)


def test_this_machines_view_holds_the_library_and_numpy_and_no_other_package() -> None:
    seen = visible_paths()
    assert (seen.packages / "numpy").samefile(
        seen.trees[[t.name for t in seen.trees].index("numpy")]
    )
    assert any((tree / "json").is_dir() for tree in seen.trees)
    for path in map(Path, seen.readable(masked=False)):
        assert not (path / "pytest").exists()
        assert not (path / "autograder").exists()
        assert path.name not in ("autograder", "source_lib", "pytest")


def test_packages_beside_numpy_are_left_out_path_by_path(tmp_path: Path) -> None:
    allowed = beside_everything_else(tmp_path).readable(masked=False)
    names = {Path(path).name for path in allowed}
    assert names == {"json", "os.py", "numpy"}


def test_packages_beside_numpy_are_masked_and_numpy_put_over_the_mask(tmp_path: Path) -> None:
    seen = beside_everything_else(tmp_path)
    tree = file_tree(seen)
    numpy = str(seen.packages / "numpy")
    assert tree.hidden == (str(seen.packages),)
    assert [target for _, target in tree.over_hidden] == [numpy]
    assert numpy not in [target for _, target in tree.binds]


def test_every_directory_above_what_is_seen_is_made_explicitly(tmp_path: Path) -> None:
    tree = file_tree(beside_everything_else(tmp_path))
    assert {str(tmp_path), str(tmp_path / "bin"), str(tmp_path / "lib")} <= set(tree.directories)


def test_an_interpreter_under_tmp_keeps_its_place() -> None:
    tree = file_tree(VisiblePaths(Path("/tmp/bin/python"), (), (), (), Path("/tmp/lib")))
    assert "/tmp" in tree.directories
    assert tree.links == ()


EVERYONE = [(0, 2**32 - 1)]


def test_servers_have_users_of_their_own() -> None:
    first, second = first_uid(EVERYONE, 4000), first_uid(EVERYONE, 4001)
    assert second - first == UIDS
    assert first > 2**30
    assert first_uid(EVERYONE, 2**22) + UIDS < 2**31


def test_in_a_container_with_few_users_one_of_those_is_taken() -> None:
    for number in (1, 777, 2**22):
        uid = first_uid([(0, 65536)], number)
        assert uid > 20_000
        assert uid + UIDS < 65534


def test_a_container_with_one_user_is_told_so() -> None:
    with pytest.raises(SandboxUnavailable, match="no user"):
        first_uid([(0, 1)], 5)
