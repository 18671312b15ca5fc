"""The connection to a Dask cluster: workers come and go, functions are called on one of them.

Everything that Dask raises ends here, as `WorkersFailed` or as an answer that failed.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from autograder.errors import CommandError, MissingExtra, WorkersFailed

CALL = "__import__('autograder.cluster.on_worker', fromlist=['on_worker']).{name}(message)"
"""A function of ours by its name, as an expression: the scheduler, which reads every task, then
needs nothing of ours, and the worker says itself what is missing there."""

CONNECT_S = 20.0
ANSWER_S = 60.0
END_S = 10.0
ENCRYPTED = ("tls", "wss")


@dataclass(frozen=True)
class Failed:
    """A call that has no answer: what Dask or the worker says about it."""

    reason: str


Answer = bytes | Failed


class Call(Protocol):
    """A call that is on its way."""

    def cancel(self) -> None:
        """Its answer is not needed any more."""


class Cluster(Protocol):
    """What `autograder.cluster.dispatch` needs of a cluster."""

    def workers(self) -> dict[str, int]:
        """The threads of each worker that is there now, by its address.

        Raises:
            WorkersFailed: the scheduler does not answer any more.
        """

    def call(self, worker: str, name: str, message: bytes, done: Callable[[Answer], None]) -> Call:
        """Call a function of `on_worker` there; ``done`` is called from another thread."""

    def end(self, workers: Iterable[str], message: bytes) -> None:
        """Tell these workers that the run is over, without waiting for long."""


@dataclass(frozen=True)
class Address:
    """Where the scheduler is and how to talk to it.

    Attributes:
        text: as ``tls://host:8786``.
        ca: the certificate of who signs those of the cluster; None for Dask's own configuration.
        certificate: this client's; None likewise.
        key: this client's; None likewise.
        unencrypted: whether connections to other machines need not be encrypted.
    """

    text: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    unencrypted: bool = False

    def check(self) -> None:
        """See whether this can work at all.

        Raises:
            CommandError: wrong usage.
            MissingExtra: Dask is not installed.
        """
        given = {"--tls-ca": self.ca, "--tls-cert": self.certificate, "--tls-key": self.key}
        for option, path in given.items():
            if path is not None and not path.is_file():
                raise CommandError(f"{option} {path}: no such file", 2)
        missing = [option for option, path in given.items() if path is None]
        if missing and len(missing) < len(given):
            raise CommandError(f"{' and '.join(missing)} missing: TLS needs all three files", 2)
        if not missing and not is_encrypted(self.text):
            raise CommandError(f"--dask {self.text}: with TLS, the address begins with tls://", 2)
        if "://" not in self.text:
            raise CommandError(
                f"--dask {self.text}: not an address. Give the one that `dask scheduler` prints, "
                "such as tls://10.0.0.5:8786",
                2,
            )
        if importlib.util.find_spec("distributed") is None:
            raise MissingExtra("--dask", "cluster", ["distributed"])
        self.require_encryption([self.text])

    def require_encryption(self, addresses: Iterable[str]) -> None:
        """Refuse to send hidden suites and hand-ins in clear text to other machines.

        Raises:
            CommandError: one of the addresses is another machine's, and not encrypted.
        """
        for address in addresses:
            if not (self.unencrypted or is_encrypted(address) or is_local(address)):
                raise CommandError(
                    f"{address}: not encrypted, so whoever is on that network could read the "
                    "hidden tests and run code on the workers. Use TLS (docs/scale.md), or say "
                    "--dask-unencrypted if only trusted machines are on it"
                )


def is_encrypted(address: str) -> bool:
    """Whether connections to this address are encrypted."""
    return urlsplit(address).scheme in ENCRYPTED


def is_local(address: str) -> bool:
    """Whether this address can only be reached from this machine."""
    parts = urlsplit(address)
    if parts.scheme == "inproc" or parts.hostname == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    return False


@contextmanager
def connected(address: Address) -> Iterator[Cluster]:
    """A connection to the cluster.

    Raises:
        CommandError: there is no scheduler at this address, or none that accepts our certificate.
    """
    from distributed import Client, Security

    # We report what is wrong ourselves; Dask's log would show tracebacks.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        # Other versions of Dask on the workers, large notebooks: it works all the same.
        warnings.simplefilter("ignore")
        security = None  # as Dask's own configuration says
        if address.ca is not None:
            security = Security(
                tls_ca_file=str(address.ca),
                tls_client_cert=str(address.certificate),
                tls_client_key=str(address.key),
                require_encryption=True,
            )
        try:
            client = Client(
                address.text, timeout=CONNECT_S, security=security, set_as_default=False
            )
        except Exception as error:
            raise CommandError(
                f"--dask {address.text}: no connection to a scheduler there "
                f"({_first_line(error)}). See whether it runs, and whether address and "
                "certificates are right"
            ) from None
        try:
            yield DaskCluster(client, address)
        finally:
            with suppress(Exception):  # it may be gone
                client.close(timeout=END_S)


class DaskCluster:
    """A cluster that Dask's client is connected to."""

    def __init__(self, client: Any, address: Address) -> None:
        self._client = client
        self._address = address
        self._calls = 0

    def workers(self) -> dict[str, int]:
        """See `Cluster`."""
        try:
            found = dict(self._client.nthreads(callback_timeout=ANSWER_S))
        except Exception as error:
            raise WorkersFailed(
                f"--dask {self._address.text}: the scheduler does not answer any more "
                f"({_first_line(error)}). Finished work is kept; run it again to continue"
            ) from None
        self._address.require_encryption(found)
        return found

    def call(self, worker: str, name: str, message: bytes, done: Callable[[Answer], None]) -> Call:
        """See `Cluster`."""
        self._calls += 1
        future = self._client.submit(
            eval,
            CALL.format(name=name),
            {"message": message},
            key=f"autograder-{name}-{id(self)}-{self._calls}",
            workers=[worker],
            allow_other_workers=False,
            pure=False,
        )

        def finished(future: Any) -> None:
            if future.cancelled():
                return
            try:
                error = future.exception()
                answer = future.result() if error is None else Failed(_first_line(error))
            except Exception as problem:
                answer = Failed(_first_line(problem))
            done(answer if isinstance(answer, bytes | Failed) else Failed("no bytes returned"))

        future.add_done_callback(finished)
        return _DaskCall(future)

    def end(self, workers: Iterable[str], message: bytes) -> None:
        """See `Cluster`."""
        addresses = list(workers)
        if not addresses:
            return

        def tell() -> None:
            with suppress(Exception):  # whoever cannot be reached ends it after a while itself
                self._client.run(
                    eval,
                    CALL.format(name="end"),
                    {"message": message},
                    workers=addresses,
                    on_error="ignore",
                )

        thread = threading.Thread(target=tell, daemon=True)
        thread.start()
        thread.join(END_S)


@dataclass(frozen=True)
class _DaskCall:
    future: Any

    def cancel(self) -> None:
        with suppress(Exception):
            self.future.cancel()


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
