"""Browser tests come last: Playwright leaves an event loop running, which the others must not see.

Nothing here asks the network: a test that connects to anything but this machine fails at that place.
"""

import ipaddress
import sys

import pytest


def _only_this_machine(event, arguments):
    """Python's audit hook for the whole run; sockets of files and of this machine may be connected to."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        try:
            inside = ipaddress.ip_address(host.partition("%")[0]).is_loopback
        except ValueError:
            inside = host in {"", "localhost"}
        if not inside:
            raise PermissionError(f"a test asked the network: {host}")


sys.addaudithook(_only_this_machine)


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings(tmp_path_factory):
    """Nothing of these tests is written to the user's own Jupyter configuration, or goes to a proxy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
        for scheme in ("http", "https", "all", "no"):
            for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
                patch.delenv(name, raising=False)
        yield


@pytest.fixture
def full_disk():
    """A system that lets no file grow beyond 4000 bytes, as a full disk does."""
    resource = pytest.importorskip("resource", reason="limits of files are POSIX")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_addoption(parser):
    parser.addoption("--numbers", action="store_true", help="write docs/numbers.md anew")
