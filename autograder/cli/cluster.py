"""``grade --dask``: options to an executor that grades on a Dask cluster."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from autograder.cli.resolve import resolve_level
from autograder.cli.stdio import warn
from autograder.course.models import Course
from autograder.errors import CommandError
from autograder.run.jobs import Executor
from autograder.sandbox.host.isolation import Level

if TYPE_CHECKING:
    from autograder.cluster.connection import Address


def cluster_address(options: argparse.Namespace) -> Address | None:
    """The cluster that ``--dask`` names, if any, after checking what can be checked from here.

    Raises:
        CommandError: wrong usage, or its connection is not encrypted.
        MissingExtra: Dask is not installed.
    """
    if options.dask is None:
        given = [
            option
            for option, value in (
                ("--tls-ca", options.tls_ca),
                ("--tls-cert", options.tls_cert),
                ("--tls-key", options.tls_key),
                ("--dask-unencrypted", options.dask_unencrypted),
            )
            if value
        ]
        if given:
            raise CommandError(f"{given[0]} belongs to --dask ADDRESS, which is missing", 2)
        return None
    from autograder.cluster.connection import Address  # few runs need it

    address = Address(
        options.dask,
        options.tls_ca,
        options.tls_cert,
        options.tls_key,
        unencrypted=options.dask_unencrypted,
    )
    address.check()
    return address


def on_cluster(address: Address, course: Course) -> Executor:
    """Grades on the cluster at this address."""
    from autograder.cluster.executor import OnCluster  # needs more than grading here does

    return OnCluster(course, address, warn)


def level_on_cluster(options: argparse.Namespace) -> Level:
    """The isolation level to ask workers for: the highest, unless ``--isolation`` says otherwise.

    What this machine supports is of no concern, and which workers happen to be there must not
    decide how well hidden tests are protected.
    """
    return Level.FULL if options.isolation is None else resolve_level(options)
