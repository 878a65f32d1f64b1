"""``imviz FILE …``: what it makes of its words, and how it refuses. No server is started."""

import re
import subprocess
import sys
from unittest.mock import create_autospec

import pytest

from imviz import __version__, cli
from imviz.cli import window
from imviz.server import Address, Opening, serve


@pytest.fixture
def served(monkeypatch):
    fake = create_autospec(serve)
    monkeypatch.setattr(window, "serve", fake)
    return fake


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "m13.fits"
    path.touch()
    return path


def test_without_words_an_empty_window_on_loopback(served):
    assert cli.main([]) == 0
    served.assert_called_once_with(Opening(), Address("127.0.0.1", 0, remote=False), browser=True)


def test_files_are_opened_by_absolute_path_in_order(served, image, monkeypatch):
    other = image.with_name("demo")
    other.touch()
    monkeypatch.chdir(image.parent)
    assert cli.main(["m13.fits", "./demo", "--theme", "dark"]) == 0
    assert served.call_args.args[0] == Opening((str(image), str(other)), demo=False, theme="dark")


def test_the_word_demo_opens_the_demo(served, image):
    assert cli.main(["demo", str(image)]) == 0
    assert served.call_args.args[0] == Opening((str(image),), demo=True)


def test_the_window_can_be_confined_to_a_folder(served, tmp_path, capsys):
    assert cli.main(["--root", str(tmp_path)]) == 0
    assert served.call_args.args[0] == Opening(root=str(tmp_path.resolve()))
    assert cli.main(["--root", str(tmp_path / "nowhere")]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_port_host_and_browser(served):
    cli.main(["--port", "8899", "--host", "localhost", "--no-browser"])
    served.assert_called_once_with(Opening(), Address("localhost", 8899, remote=False), browser=False)


def test_other_machines_need_a_word_of_consent(served, capsys):
    assert cli.main(["--host", "0.0.0.0"]) == 2
    assert "--allow-remote" in capsys.readouterr().err
    served.assert_not_called()
    assert cli.main(["--host", "0.0.0.0", "--allow-remote"]) == 0
    assert served.call_args.args[1] == Address("0.0.0.0", 0, remote=True)


def test_a_missing_file_is_one_sentence_and_code_2(served, image, capsys):
    missing = image.with_name("m31.fits")
    assert cli.main([str(image), str(missing)]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert str(missing) in complaint
    served.assert_not_called()


def test_a_folder_is_refused(served, tmp_path, capsys):
    assert cli.main([str(tmp_path)]) == 2
    assert "not a file" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "eight", "8888.5"])
def test_a_port_that_is_none_is_refused(served, port, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main([f"--port={port}"])
    assert port in capsys.readouterr().err


def test_the_help_names_the_other_commands(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    told = capsys.readouterr().out
    assert all(f"imviz {name}" in told for name in cli.COMMANDS)


def test_an_unknown_theme_is_refused_with_the_known_ones(served, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["--theme", "pink"])
    assert re.search("light.*dark", capsys.readouterr().err)


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"imviz {__version__}\n"


def test_ctrl_c_while_starting_is_quiet(served):
    served.side_effect = KeyboardInterrupt
    assert cli.main([]) == 130


def test_a_wrong_argument_is_refused_before_anything_heavy_is_imported():
    program = (
        "import sys; from imviz.cli import main; code = main(['/no/such.fits']); "
        "print(code, sorted({'jupyter_server', 'voila', 'glue', 'astropy', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "2 []\n"


def test_python_m_imviz_is_the_command():
    command = [sys.executable, "-m", "imviz", "/no/such.fits"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("imviz: There is no file '/no/such.fits'")
