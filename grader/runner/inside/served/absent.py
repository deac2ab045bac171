"""Stand-ins for packages that aren't there: other places' own, widgets, loggers, report tools.

They are found only when the program's own code imports them, nothing else of their name is there,
and the program doesn't itself provide for their absence (``try: import wandb``). So a library that
looks for an optional one finds none, and so does ``"google.colab" in sys.modules``, by which
notebooks ask where they are. Any other name that can't be imported stays an ImportError.
docs/design/024-what-real-files-do.md says which package is of which kind, and why.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Mapping
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from grader.runner.inside.served import logged, widgets
from grader.runner.inside.served.callers import IsOwn, importer, is_provided_for
from grader.runner.inside.served.quiet import Note
from grader.runner.inside.served.unusable import Unusable

COLAB_NOTE = "google.colab is not there; its drive and files calls did nothing."
GRADE_NOTE = "grade.check() did nothing: the notebook is being graded."
WIDGETS_NOTE = "ipywidgets is not there; interact() ran its function once, at the first values."
IMPORTED_NOTE = "{name} is not there; its import was let pass, and most uses of it would fail."
SUMMARY_NOTE = "{name} is not there; its summary() printed the model as it is."

LOGGERS = frozenset(
    ("aim", "clearml", "comet_ml", "dvclive", "mlflow", "neptune", "swanlab", "tensorboardX",
     "hiddenlayer", "livelossplot", "tensorboard_logger", "trackio", "visdom", "wandb")
)  # fmt: skip
"""Packages to which a program tells how it goes, on the way of its training."""

SUMMARIES = frozenset(("torchinfo", "torchsummary", "pytorch_model_summary"))

PRINTERS: Mapping[str, Mapping[str, Any]] = {
    "termcolor": {
        "colored": lambda text, *_, **__: text,
        "cprint": lambda text, *_, **__: print(text),
    },
    "colorama": dict.fromkeys(("Fore", "Back", "Style"), logged.Empty()),
    "icecream": {"ic": lambda *values: print("ic|", *values)},
    "tabulate": {"tabulate": lambda rows, *_, **__: "\n".join(map(str, rows))},
    "rich": {"print": print},
}
"""Packages that make what is printed look better: it is printed as it is."""

DOWNLOADERS = frozenset(("gdown", "kaggle", "opendatasets", "requests", "wget"))

REPORTERS = frozenset(
    ("IPython", "PIL", "albumentations", "altair", "bokeh", "captum", "colorama", "cv2", "einops",
     "fastprogress", "fvcore", "h5py", "ignite", "imageio", "joblib", "kornia", "lightning",
     "mlxtend", "pandas", "plotly", "polars", "prettytable", "psutil", "ptflops",
     "pytorch_lightning", "rich", "scikitplot", "scipy", "seaborn", "six", "skimage", "sklearn",
     "skorch", "statsmodels",
     "tabulate", "tensorboard", "termcolor", "thop", "torcheval", "torchmetrics", "torchviz",
     "umap", "yaml", "yellowbrick")
)  # fmt: skip
"""Packages that a program imports for its report, and can often do without."""

TENSORBOARD = "torch.utils.tensorboard"


def serve(note: Note, is_own: IsOwn) -> None:
    """Let the stand-ins be found after everything else.

    ``is_own`` tells the file names that the program's own text is compiled under.
    """
    stand_ins = _Absent(note, is_own)
    sys.meta_path.append(stand_ins)
    if importlib.util.find_spec("tensorboard") is None:  # else torch's own module would fail
        sys.meta_path.insert(0, _OnlyTensorboard(stand_ins))


class _Absent(MetaPathFinder, Loader):
    """Finds and fills the modules that stand in."""

    def __init__(self, note: Note, is_own: IsOwn) -> None:
        self._note = note
        self._is_own = is_own

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The stand-in of this name, if there is one and the program asks for it."""
        del path, target
        if self._fills(fullname) is None:
            return None
        frame = importer(sys._getframe(), self._is_own)  # noqa: SLF001 - who is it that imports
        parent = fullname.rpartition(".")[0]
        if frame is None or (parent not in sys.modules and is_provided_for(frame, self._is_own)):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        """Give it a name for everything that may be asked for."""
        fill = self._fills(module.__name__)
        if fill is not None:
            fill(module)

    def _fills(self, name: str) -> Callable[[ModuleType], None] | None:
        """What makes the stand-in of this name."""
        top = name.partition(".")[0]
        if name == "google" or name.startswith("google.colab"):
            return self._fill_colab
        if top in LOGGERS or name == TENSORBOARD or name.startswith(f"{TENSORBOARD}."):
            return self._fill_logger
        others = {
            "grade": self._fill_grade,
            "ipywidgets": self._fill_widgets,
            **dict.fromkeys(SUMMARIES, self._fill_summary),
            **dict.fromkeys((*REPORTERS, *DOWNLOADERS, *PRINTERS), self._fill_unusable),
        }
        return others.get(top)

    def _fill_colab(self, module: ModuleType) -> None:
        if module.__name__ == "google.colab":
            module.__getattr__ = _part_of(module.__name__)  # type: ignore[method-assign]
        elif module.__name__ != "google":
            module.__getattr__ = self._colab  # type: ignore[method-assign]

    def _colab(self, name: str) -> Any:
        refuse_dunder(name)

        def nothing(*args: object, **__: object) -> Any:
            self._note(COLAB_NOTE)
            if name == "mount":
                _lay_drive(args[0] if args else "/content/drive")
            return "" if name == "get" else {}

        return nothing

    def _fill_grade(self, module: ModuleType) -> None:
        """A notebook that grades itself while it is written, and is graded now."""

        def check(*_: object, **__: object) -> None:
            self._note(GRADE_NOTE)

        module.check = check  # type: ignore[attr-defined]

    def _fill_widgets(self, module: ModuleType) -> None:
        note = self._note
        module.__getattr__ = lambda name: widgets.part(name, lambda: note(WIDGETS_NOTE))  # type: ignore[method-assign]

    def _fill_logger(self, module: ModuleType) -> None:
        top = TENSORBOARD if module.__name__.startswith("torch") else module.__name__
        self._note(logged.NOTE.format(name=top.partition(".")[0] if top != TENSORBOARD else top))
        logged.fill(module)

    def _fill_summary(self, module: ModuleType) -> None:
        def summary(model: object = None, *_: object, **__: object) -> str:
            self._note(SUMMARY_NOTE.format(name=module.__name__.partition(".")[0]))
            print(model)
            return str(model)

        module.summary = summary  # type: ignore[attr-defined]
        module.__getattr__ = self._unusable_in(module.__name__)  # type: ignore[method-assign]

    def _fill_unusable(self, module: ModuleType) -> None:
        self._note(IMPORTED_NOTE.format(name=module.__name__.partition(".")[0]))
        vars(module).update(PRINTERS.get(module.__name__, {}))
        module.__getattr__ = self._unusable_in(module.__name__)  # type: ignore[method-assign]

    def _unusable_in(self, module: str) -> Callable[[str], Unusable]:
        def name_in(name: str) -> Unusable:
            refuse_dunder(name)
            return Unusable(f"{module}.{name}")

        return name_in


class _OnlyTensorboard(MetaPathFinder):
    """Comes first for the one module of torch that needs a package which isn't there."""

    def __init__(self, stand_ins: _Absent) -> None:
        self._stand_ins = stand_ins

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The stand-in of torch's SummaryWriter."""
        if fullname != TENSORBOARD:
            return None
        return self._stand_ins.find_spec(fullname, path, target)


def _lay_drive(place: object) -> None:
    """The folders of a drive that was mounted, where a folder can be made."""
    if isinstance(place, str):
        try:
            os.makedirs(os.path.join(place, "MyDrive", "Colab Notebooks"), exist_ok=True)
            os.symlink("MyDrive", os.path.join(place, "My Drive"))
        except OSError:
            return


def _part_of(package: str) -> Callable[[str], ModuleType]:
    def part(name: str) -> types.ModuleType:
        refuse_dunder(name)
        return importlib.import_module(f"{package}.{name}")

    return part


def refuse_dunder(name: str) -> None:
    """Importers and inspectors ask for these, and mean nothing by it."""
    if name.startswith("__"):
        raise AttributeError(name)
