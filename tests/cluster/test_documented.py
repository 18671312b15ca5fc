"""docs/scale.md: its manifest is valid, and its commands name options that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from autograder.cli.parser import make_parser
from tests.paths import ROOT

yaml = pytest.importorskip("yaml")

PAGE = (ROOT / "docs" / "scale.md").read_text()
(MANIFEST,) = re.findall(r"<!-- manifest -->\n```yaml\n(.*?)```", PAGE, re.S)


def pods() -> dict[str, Any]:
    spec = yaml.safe_load(MANIFEST)["spec"]
    return {name: spec[name]["spec"] for name in ("worker", "scheduler")}


def test_the_manifest_is_a_cluster_whose_parts_fit_together():
    (cluster,) = yaml.safe_load_all(MANIFEST)
    assert cluster["apiVersion"] == "kubernetes.dask.org/v1"
    assert cluster["kind"] == "DaskCluster"
    name = cluster["metadata"]["name"]
    service = cluster["spec"]["scheduler"]["service"]
    assert service["selector"]["dask.org/cluster-name"] == name
    for pod in pods().values():
        (container,) = pod["containers"]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
    (env,) = pods()["worker"]["containers"][0]["env"]
    (port,) = service["ports"]
    assert env["value"] == f"tls://{name}-scheduler:{port['port']}"


@pytest.mark.parametrize("part", ["scheduler", "worker"])
def test_dask_knows_the_options_on_the_page(part):
    pytest.importorskip("distributed")
    _, command, *arguments = pods()[part]["containers"][0]["args"]
    assert command == part
    (line,) = re.findall(rf"^ +dask {part} (.*)$", PAGE, re.M)
    tls = re.findall(r"TLS=\"(.*)\"", PAGE)[0]
    options = set(re.findall(r"--[\w-]+", " ".join([*arguments, line, tls])))
    text = subprocess.run(
        [sys.executable, "-m", "dask", part, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert {o for o in options if not re.search(rf"{o}\b", text)} == set()


def test_every_grade_command_on_the_page_is_accepted():
    page = PAGE.replace("\\\n", " ")
    commands = re.findall(r"^ *autograder (grade .*--dask tls.*)$", page, re.M)
    assert len(commands) == 2
    for command in commands:
        options = make_parser().parse_args(command.split())
        assert options.dask.startswith("tls://")
        assert options.tls_ca
        assert options.tls_cert
        assert options.tls_key
