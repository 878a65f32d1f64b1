"""The server process: a Jupyter Server reduced to kernels and one page.

It reads no configuration file, loads no extension and writes no file that holds the token. Each page
is a kernel of the Python that runs imviz (`sessions`: how long it outlives its page). What is *not* here:
the page, the access rules, the command line.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.serverapp import ServerApp
from nbclient.exceptions import CellExecutionError, DeadKernelError
from tornado.routing import Rule
from traitlets import Unicode, default
from traitlets.config import Config

from imviz.errors import InputError
from imviz.science.scratch import scratch_folder
from imviz.server.access import HEADERS, Intruders, Refusal, TokenOnly
from imviz.server.opening import SESSION_VARIABLE, Address, Opening
from imviz.server.page import SESSION_CODE, TEMPLATES, OneNotebook, routes, session_notebook
from imviz.server.sessions import ABANDONED, Sessions

if TYPE_CHECKING:
    import logging

__all__ = ["StandaloneServer", "free_port", "open_browser", "serve"]

LARGEST_BODY = 1_000_000
"""Bytes of a request's body: ours are a form's few words, and a file comes by the kernel's own channel."""


class OwnPython(KernelSpecManager):
    """The one kernel: this Python, without the start folder on its path (a `numpy.py` there must not run)."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Name the one kernel."""
        return {"python3": str(Path(__file__).parent)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002
        """Describe it, whatever is asked for."""
        ipykernel = ["ipykernel_launcher", "-f", "{connection_file}", "--InteractiveShellApp.ignore_cwd=True"]
        return KernelSpec(argv=[sys.executable, "-m", *ipykernel], display_name="Imviz", language="python")


class StandaloneServer(ServerApp):
    """Jupyter Server with our page in front and without the rest."""

    name = "imviz"
    default_services = ("kernels",)  # type: ignore[assignment]
    no_browser_open_file = True  # it would hold the token
    theme = Unicode("light").tag(config=True)

    def load_config_file(self, *_arguments: Any, **_options: Any) -> None:
        """Read none: a Jupyter configuration might open what is closed here."""

    def write_server_info_file(self) -> None:
        """Write none: it would hold the token."""

    @default("runtime_dir")
    def _default_runtime_dir(self) -> str:
        """Keep what belongs to kernels where it goes even if this process is killed."""
        Path(jupyter_runtime_dir()).mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(scratch_folder(jupyter_runtime_dir()))

    def init_logging(self) -> None:
        """Keep the token out of the log (tornado quotes refused addresses) and the log readable."""
        super().init_logging()
        for handler in self.log.handlers:
            handler.addFilter(_readable)

    def init_webapp(self) -> None:
        """Add the page's addresses, and the access rule before all others."""
        super().init_webapp()
        sessions = Sessions(self.kernel_manager)
        self.web_app.add_handlers(".*$", routes(self.theme, self.config, sessions))
        intruders = Intruders(remote=self.allow_remote_access)
        self.web_app.settings["voila_jinja2_env"] = self.web_app.settings["jinja2_env"]
        self.web_app.default_router.rules.insert(0, Rule(intruders, Refusal))

    def init_signal(self) -> None:
        """End on the first Ctrl-C, without a question: the sessions' pages say so."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop(from_signal=True))


def _readable(record: logging.LogRecord) -> bool:
    """Make a log record fit for the user's terminal: no token, no dump of the notebook."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, DeadKernelError):
        return False  # its page was closed while it started; nbclient's own line says so
    if isinstance(error, CellExecutionError):
        record.msg, record.args, record.exc_info = f"A session could not start:\n{error.traceback}", (), None
    record.msg, record.args = re.sub(r"(?i)(token[=: ]+)[^\s&'\")]+", r"\1[secret]", record.getMessage()), ()
    return True


def free_port(address: Address) -> int:
    """Find the port to listen on.

    Raises
    ------
    InputError
        If the host is not one of this machine's, or the port is taken or not allowed.
    """
    try:
        family, *_, target = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
            return int(probe.getsockname()[1])
    except OSError as error:
        raise InputError(
            f"imviz cannot listen on {address.host} port {address.port}: {error.strerror}; "
            "--port 0 takes a free port."
        ) from error


def _config(address: Address, theme: str, token: str, code: str) -> Config:
    """Collect the server's settings."""
    return Config(
        StandaloneServer={
            "ip": address.host,
            "port": address.port,
            "port_retries": 0,
            "theme": theme,
            "allow_remote_access": address.remote,
            "allow_root": True,
            "allow_unauthenticated_access": False,
            "open_browser": False,
            "terminals_enabled": False,
            "log_level": "WARN",
            "max_body_size": LARGEST_BODY,
            "cookie_secret": secrets.token_bytes(32),
            "default_url": "/",
            "extra_template_paths": [str(TEMPLATES)],
            "identity_provider_class": TokenOnly,
            "contents_manager_class": OneNotebook,
            "kernel_spec_manager_class": OwnPython,
            "tornado_settings": {
                "headers": HEADERS,
                "login_url": "/",
                "xsrf_cookie_kwargs": {"samesite": "Strict"},
                "mathjax_url": "/voila/static/no-mathjax.js",
                "ws_ping_interval": 30000 if address.remote else 0,  # ms; keeps proxies awake
            },
        },
        IdentityProvider={"token": token, "cookie_options": {"samesite": "Strict", "expires_days": None}},
        OneNotebook={"notebook": session_notebook(code)},
        # A kernel that dies stays dead and says so: another one under its name would have an empty window.
        KernelManager={"transport": _transport(), "autorestart": False},
        MappingKernelManager={"cull_idle_timeout": ABANDONED, "cull_interval": 60},
    )


def _transport() -> str:
    """Choose how kernels talk: others on this machine may listen to TCP, not to private sockets."""
    name = "/imviz-abcdefgh/kernel-01234567-0123-0123-0123-0123456789ab.json-ipc-5"
    longest = len(jupyter_runtime_dir()) + len(name)
    return "ipc" if os.name == "posix" and longest < 100 else "tcp"  # 104 is the system's limit on macOS


def open_browser(url: str, folder: Path) -> bool:
    """Show a page in the user's browser, if there is a display.

    The browser is given a private file that leads to the page, because the token in an argument
    would be visible in the list of processes.

    Returns
    -------
    bool
        Whether a browser was asked.
    """
    x11 = sys.platform.startswith(("linux", "freebsd"))
    if x11 and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    door = folder / "imviz.html"
    door.touch(mode=0o600)
    door.write_text(f'<!DOCTYPE html><title>Imviz</title><meta http-equiv="refresh" content="0;url={url}">\n')
    return webbrowser.open(door.as_uri())


def serve(opening: Opening, address: Address, *, browser: bool = True, code: str = SESSION_CODE) -> None:
    """Run the stand-alone app until Ctrl-C.

    Prints the address of the page, which holds the token, to standard output.

    Parameters
    ----------
    opening : Opening
        What each new tab starts with.
    address : Address
        Where to listen.
    browser : bool
        Open the page where there is a display.
    code : str
        The program of a session's kernel.

    Raises
    ------
    InputError
        If the address cannot be listened on.
    """
    port = free_port(address)
    token = secrets.token_urlsafe(24)
    os.environ[SESSION_VARIABLE] = opening.to_json()  # the kernels inherit it
    chosen = Address(address.host, port, address.remote)
    host = f"[{address.host}]" if ":" in address.host else address.host
    url = f"http://{host}:{port}/?token={token}"
    # The process's one application: what has no parent, as voila's renderer, logs to it.
    server = StandaloneServer.instance(config=_config(chosen, opening.theme, token, code))
    server.initialize(argv=[], find_extensions=False)
    server.io_loop.add_callback(_announce, url, scratch_folder() if browser else None)
    server.start()


def _announce(url: str, folder: Path | None) -> None:
    """Say where the page is, once the server listens."""
    sys.stdout.write(f"Imviz is running at {url}\nCtrl-C ends it.\n")
    sys.stdout.flush()
    if folder is not None:
        open_browser(url, folder)
