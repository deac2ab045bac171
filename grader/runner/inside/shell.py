"""The shell that runs a notebook's cells: IPython's own, without a terminal, a kernel or a disk.

Runs in the student's process. Magics, rich displays, ``Out``, top-level ``await`` and plots are
IPython's, so that they are what a notebook's author knows. What a shell does beside that is
left out: no history is kept, no profile or startup file is read, no thread or socket is
opened, no other program is started. A line that asks for one of these does nothing, and says
so once (docs/design/014-cells-in-ipython.md).
"""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Any as TraitOfAny
from traitlets import Type
from traitlets.config import Config

from grader.observe.patching import StopReplay
from grader.runner.inside.outputs import Outputs

NO_PROFILE = ".no-profile"
INLINE = "module://matplotlib_inline.backend_inline"

STARTS_PROGRAMS = frozenset(
    ("!", "!!", "conda", "killbgscripts", "mamba", "micromamba", "pip", "sc", "script", "shell",
     "sx", "system", "uv")
)  # fmt: skip
"""Magics that do nothing, with a note of their own."""

QUIET = frozenset(
    ("aimport", "autoreload", "colors", "config_profile", "debug", "gui", "load_ext", "logoff",
     "logon", "logstart", "logstate", "logstop", "page", "pdb", "pdef", "pdoc", "pfile", "pinfo",
     "pinfo2", "psearch", "psource", "pycat", "reload_ext", "tb", "unload_ext", "xmode")
)  # fmt: skip
"""Magics that do nothing: help, debuggers and extensions change no result."""

LEFT_OUT = frozenset(
    ("edit", "hist", "history", "load", "loadpy", "lprun", "macro", "memit", "mprun", "notebook",
     "pastebin", "prun", "recall", "rerun", "rep", "run", "save", "store")
)  # fmt: skip
"""Magics that do nothing, each named in a note."""

STARTED_NOTHING = "Shell lines (such as !pip install) did nothing: no other program is started."


class LineKeeping(TransformerManager):  # type: ignore[misc, unused-ignore]
    """IPython's way of a cell into Python, with every line of the author's at its own number."""

    def transform_cell(self, cell: str) -> str:
        """The cell as Python."""
        lines = cell.split("\n")
        blank = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
        return "\n" * blank + str(super().transform_cell("\n".join(lines[blank:])))

    def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
        """As IPython's; a magic over several lines leaves blank ones where it stood."""
        changed, made = super().do_one_token_transform(lines)
        missing = len(lines) - len(made)
        if missing > 0:
            same = (
                at for at, pair in enumerate(zip(lines, made, strict=False)) if len({*pair}) > 1
            )
            at = next(same, len(made) - 1) + 1
            made = made[:at] + ["\n"] * missing + made[at:]
        return changed, made


class CellCompiler(CachingCompiler):  # type: ignore[misc, unused-ignore]
    """Compiles a cell under the name that the grader knows it by; its text is laid already."""

    filename = ""

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        """The file name to compile under."""
        if self.filename and self.filename in linecache.cache:
            return self.filename
        return str(super().cache(transformed_code, number, raw_code))


class Hook(DisplayHook):  # type: ignore[misc, unused-ignore]
    """The value of a cell's last expression becomes an output of the cell."""

    def write_output_prompt(self) -> None:
        """Nothing: an output has no prompt."""

    shell: Any

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep it."""
        del md_dict
        self.shell.outputs.rich("execute_result", format_dict)

    def finish_displayhook(self) -> None:
        """Nothing is printed after it."""
        self._is_active = False


class Publisher(DisplayPublisher):  # type: ignore[misc, unused-ignore]
    """What ``display`` shows becomes an output of the cell."""

    shell: Any

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Keep it, or put it in the place of what was shown under the same id."""
        del metadata, source
        name = (transient or {}).get("display_id")
        self.shell.outputs.rich("display_data", data, display_id=name, update=update)

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's
        """Forget the cell's outputs, now or when the next one comes."""
        self.shell.outputs.clear(wait=wait)


class Shell(InteractiveShell):  # type: ignore[misc, unused-ignore]
    """The shell of one notebook.

    Args:
        module: Takes the place of ``__main__``; its names are the notebook's.
        outputs: Where everything shown goes.
        note: Takes a sentence for the report, once each.
        describe: An exception as the plain data that an error output is made of.
    """

    compile: CellCompiler
    profile_dir = TraitOfAny()
    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    compiler_class = Type(CellCompiler)
    exit_now = False
    wrote: Callable[[str], object] = staticmethod(lambda _: None)
    """Takes the path of a module that a cell has written."""

    db: dict[str, Any] = {}  # noqa: RUF012 - each instance has its own; IPython's is a file

    def __init__(
        self,
        module: types.ModuleType,
        outputs: Outputs,
        note: Callable[[str], None],
        describe: Callable[[BaseException], dict[str, Any]],
        **kwargs: Any,
    ) -> None:
        self.outputs = outputs
        self._note = note
        self._describe = describe
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.cache_size = 200
        super().__init__(user_module=module, config=config, **kwargs)
        self.db = {}
        with contextlib.suppress(OSError):  # IPython up to 9.14 has laid a folder for its own
            os.removedirs(os.path.join(NO_PROFILE, "db"))
        self.input_transformer_manager = LineKeeping()

    @classmethod
    def of(cls, *args: Any) -> Shell:
        """The one shell of this process, which ``get_ipython()`` gives."""
        warnings.filterwarnings("ignore", message="To exit: use")
        InteractiveShell.clear_instance()
        Shell.clear_instance()
        shell: Shell = cls.instance(*args)
        shell.enable_plots()
        return shell

    # --- parts that stay away -------------------------------------------------------------

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        """No folder: nothing is kept."""

    def init_profile_dir(self, profile_dir: Any) -> None:
        """No profile, so no configuration and no startup files."""
        del profile_dir
        self.profile_dir = types.SimpleNamespace(location=NO_PROFILE)

    def init_virtualenv(self) -> None:
        """The modules are those of the grader's own environment."""

    def init_logstart(self) -> None:
        """No log."""

    def init_completer(self) -> None:
        """Nobody types."""

    def atexit_operations(self) -> None:
        """Nothing was kept that could be saved."""

    # --- what is shown --------------------------------------------------------------------

    def enable_plots(self) -> None:
        """Figures are drawn into the cell that made them, as in a notebook."""
        os.environ["MPLBACKEND"] = INLINE
        if "matplotlib" in sys.modules:
            self.enable_matplotlib()

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Inline, whatever is asked for: there is no window."""
        del gui
        return super().enable_matplotlib("inline")

    def keep_figures(self) -> None:
        """From here on ``plt.show()`` closes no figure: checks look at those of functions."""
        inline = sys.modules.get("matplotlib_inline.config")
        if inline is not None:
            with contextlib.suppress(Exception):  # whatever a program made of it
                inline.InlineBackend.instance().close_figures = False

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window."""

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """An exception becomes an output of the cell, in the author's own lines."""
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if isinstance(error, UsageError):
            print(f"UsageError: {error}", file=sys.stderr)
        elif error is not None and not isinstance(error, SystemExit | StopReplay):
            self.outputs.error(self._describe(error))

    def _format_exception_for_storage(self, exception: BaseException, *_: Any, **__: Any) -> Any:
        """Nothing is stored; formatting takes a tenth of a second."""
        return {"ename": type(exception).__name__, "evalue": "", "traceback": []}

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """As any other exception."""
        self.showtraceback()

    def show_usage_error(self, exc: Any) -> None:
        """A magic that was used wrongly says so."""
        print(f"UsageError: {exc}", file=sys.stderr)

    def ask_exit(self) -> None:
        """``exit`` and ``quit``: the notebook ends with this cell."""
        self.exit_now = True

    # --- what is not done -----------------------------------------------------------------

    def get_local_scope(self, stack_depth: int) -> dict[str, Any]:
        """The names that a magic's line reads and makes: the cell's, whatever frames are seen."""
        del stack_depth
        scope: dict[str, Any] = self.user_ns
        return scope

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """As IPython's, for magics that are there and start nothing."""
        if self._leaves_out(magic_name, "line"):
            return SList() if magic_name in ("sx", "!", "!!", "system") else None
        if magic_name == "timeit":
            line = _once(line)
        try:
            return super().run_line_magic(magic_name, line, _stack_depth=_stack_depth + 1)
        except UsageError as error:
            self.show_usage_error(error)
            return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """As IPython's, for magics that are there and start nothing."""
        if self._leaves_out(magic_name, "cell"):
            return None
        if magic_name == "timeit":
            line = _once(line)
        result = super().run_cell_magic(magic_name, line, cell)
        if magic_name in ("writefile", "file") and line.split()[-1:]:
            self.wrote(line.split()[-1].strip("\"'"))
        return result

    def has_cell_magic(self, name: str) -> bool:
        """Whether IPython, or the notebook itself, knows a cell magic of this name."""
        return self._found(name, "cell")

    def _found(self, name: str, kind: str) -> bool:
        find = self.find_cell_magic if kind == "cell" else self.find_line_magic
        return find(name) is not None

    def _leaves_out(self, name: str, kind: str) -> bool:
        if name in STARTS_PROGRAMS:
            self._note(STARTED_NOTHING)
        elif name in LEFT_OUT or (name not in QUIET and not self._found(name, kind)):
            self._note(f"%{name[:40]} did nothing: it is not there when a notebook is graded.")
        else:
            return name in QUIET
        return True

    def system(self, cmd: str) -> None:
        """``!command``: starts nothing."""
        del cmd
        self._note(STARTED_NOTHING)

    system_piped = system_raw = system

    def getoutput(self, cmd: str, *_: Any, **__: Any) -> Any:
        """``x = !command``: starts nothing, so its output is empty."""
        self.system(cmd)
        return SList()


def _once(line: str) -> str:
    """The arguments of ``%timeit`` with its statement run once: a training step is no toy."""
    words = line.split(" ")
    kept = [word for word in _options(words) if word.startswith(("-o", "-q"))]
    return " ".join(["-n1", "-r1", *kept, *words[len(_options(words)) :]])


def _options(words: list[str]) -> list[str]:
    """The options that ``words`` begin with, and their values."""
    at = 0
    while at < len(words) and (not words[at] or words[at].startswith("-")):
        at += 2 if words[at] in ("-n", "-r", "-p") else 1
    return words[:at]


# The name by which programs know that they run in a notebook and not in a terminal.
Shell.__name__ = "ZMQInteractiveShell"
