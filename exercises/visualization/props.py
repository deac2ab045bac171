"""Figures told as plain data, and models whose weights can be drawn."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from torch import nn


class Net(nn.Module):
    """A classifier of 28x28 images whose first layer, `layer1`, has the given weights (n, 784)."""

    def __init__(self, weight):
        super().__init__()
        width, pixels = weight.shape
        self.layer1 = nn.Linear(pixels, width)
        self.relu = nn.ReLU()
        self.layer2 = nn.Linear(width, 10)
        with torch.no_grad():
            self.layer1.weight.copy_(weight)

    def forward(self, x):
        """Logits (N, 10) of images (N, 1, 28, 28)."""
        return self.layer2(self.relu(self.layer1(x.flatten(1))))


def state(model):
    """What a drawing must leave as it is: every parameter, its flags, and the model's mode."""
    return {
        "weights": {name: p.detach().clone() for name, p in model.named_parameters()},
        "requires grad": [p.requires_grad for p in model.parameters()],
        "has a gradient": [p.grad is not None for p in model.parameters()],
        "training mode": model.training,
    }


class Gallery:
    """Keeps the figures that calls return, and tells what they hold."""

    def __init__(self):
        self.returned = []

    def call(self, function, given):
        """Call `function`, keep what it returns, and say what kind of thing that is."""
        result = function(given)
        self.returned.append(result)
        return {"is_figure": figure_in(result) is not None, "kind": kind_of(result)}

    def are_one(self, first, second):
        """Whether two calls returned the same figure."""
        return figure_in(self.returned[first]) is figure_in(self.returned[second])

    def describe(self, number):
        """The figure of a call as plain data; None if it returned no figure."""
        figure = figure_in(self.returned[number])
        return None if figure is None else describe(figure)


def drawn(function, given, look=None):
    """What one call with an empty pyplot returns: its kind, and the figure as plain data.

    With a ``look``, "lines" or "images", also what of these can be seen in the picture.
    """
    plt.close("all")
    result = function(given)
    figure = figure_in(result)
    return {
        "kind": kind_of(result),
        "figure": None if figure is None else describe(figure),
        "seen": None if figure is None or look is None else LOOKS[look](figure),
    }


def figure_in(result):
    """The figure that was returned, alone or beside its axes."""
    items = result if isinstance(result, (tuple, list)) else [result]
    return next((item for item in items if isinstance(item, Figure)), None)


def kind_of(result):
    """What was returned, in a word or a few."""
    return "None" if result is None else f"a {type(result).__name__}"


# --- a figure as plain data -------------------------------------------------------------


def describe(figure):
    """Axes, lines, images, texts and legends of a figure."""
    parts = [figure, *all_subfigures(figure)]
    axes = axes_of(figure)
    return {
        "titles": [text.get_text() for part in parts for text in figure_texts(part)],
        "xlabel": " ".join(label_text(part, "_supxlabel") for part in parts),
        "legends": [entries(legend) for part in parts for legend in part.legends],
        "axes": [describe_axes(ax, axes) for ax in axes],
    }


def axes_of(figure):
    """The axes that are shown, but for colour bars."""
    return [ax for ax in figure.axes if ax.get_visible() and not is_colorbar(ax)]


def all_subfigures(figure):
    """The figures inside a figure, and those inside of them."""
    for inner in figure.subfigs:
        yield inner
        yield from all_subfigures(inner)


def figure_texts(figure):
    """The title of a figure, and texts that stand in it outside of all axes."""
    title = getattr(figure, "_suptitle", None)
    return [text for text in [title, *figure.texts] if text is not None]


def label_text(figure, name):
    """A label that belongs to the whole figure."""
    label = getattr(figure, name, None)
    return "" if label is None else label.get_text()


def is_colorbar(ax):
    """Whether axes hold a colour bar."""
    return hasattr(ax, "_colorbar") or ax.get_label() == "<colorbar>"


def describe_axes(ax, all_axes):
    """One axes: where it is, what it says, and what is drawn in it."""
    left, top, *_ = place_of(ax)
    legend = ax.get_legend()
    shared = ax.get_shared_x_axes()
    return {
        "left": left,
        "top": top,
        "titles": [ax.get_title(loc=side) for side in ("left", "center", "right")],
        "xlabel": ax.get_xlabel(),
        "ylabel": ax.get_ylabel(),
        "shares_x": [n for n, other in enumerate(all_axes) if shared.joined(ax, other)],
        "same_place": [n for n, other in enumerate(all_axes) if same_place(ax, other)],
        "legend": None if legend is None else entries(legend),
        "lines": [describe_line(line, ax) for line in ax.get_lines() if line.get_visible()],
        "images": [describe_image(artist, ax) for artist in images_in(ax)],
    }


def same_place(ax, other):
    """Whether two axes lie on each other, as twins do."""
    return bool(np.allclose(place_of(ax), place_of(other), atol=1e-3))


def place_of(ax):
    """Left, top, width and height as shares of the whole figure, also inside a subfigure."""
    whole = ax.get_figure()
    while whole is not getattr(whole, "figure", whole):
        whole = whole.figure
    box = ax.get_position().transformed(ax.figure.transSubfigure)
    width, height = whole.bbox.width, whole.bbox.height
    return box.x0 / width, 1 - box.y1 / height, box.width / width, box.height / height


def describe_line(line, ax):
    """A line's points as they are drawn, masked ones as NaN, and how it looks."""
    x, y = (points(data) for data in (line.get_xdata(orig=False), line.get_ydata(orig=False)))
    return {"x": x, "y": y, "in_view": in_view(x, y, ax), **look(line)}


def points(data):
    """Coordinates as float64 numbers; NaN for all of them if they are no numbers."""
    try:
        numbers = np.ma.filled(np.ma.asarray(data, dtype=np.float64), np.nan)
    except (ValueError, TypeError):
        numbers = np.full(len(data), np.nan)
    return torch.from_numpy(np.array(numbers, dtype=np.float64))


def in_view(x, y, ax):
    """Whether any point of a line lies within what the axes show."""
    if x.shape != y.shape or not bool((x.isfinite() & y.isfinite()).any()):
        return True
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    return bool(((x >= left) & (x <= right) & (y >= low) & (y <= high)).any())


def look(artist):
    """What tells a line, or its sample in a legend, from another: colour, dashes, marker."""
    found = {"color": None, "dashes": "", "marker": ""}
    for name in ("get_color", "get_facecolor", "get_edgecolor"):
        if hasattr(artist, name):
            found["color"] = rgb(getattr(artist, name)())
            break
    if hasattr(artist, "get_linestyle"):
        found["dashes"] = str(artist.get_linestyle())
    if hasattr(artist, "get_marker"):
        found["marker"] = str(artist.get_marker())
    return found


def rgb(color):
    """Red, green and blue from 0 to 1, or None if it is no single colour."""
    try:
        rows = np.atleast_2d(np.asarray(to_rgba(color)))
    except (ValueError, TypeError):
        rows = np.atleast_2d(np.asarray(color, dtype=object))
    if not rows.size or not all(isinstance(part, float) for part in rows[0]):
        return None
    return [round(float(part), 4) for part in rows[0][:3]]


def entries(legend):
    """The entries of a legend: text, and the look of the sample beside it."""
    handles = list(legend.legend_handles)
    texts = [text.get_text() for text in legend.get_texts()]
    handles += [None] * (len(texts) - len(handles))
    return [{"text": text, **look(handle)} for handle, text in zip(handles, texts)]


def images_in(ax):
    """The images and meshes of an axes."""
    return [
        artist
        for artist in ax.get_children()
        if isinstance(artist, (AxesImage, QuadMesh)) or hasattr(artist, "get_coordinates")
        if artist.get_visible()
    ]


def describe_image(artist, ax):
    """An image's values (rows, columns) as they are seen: the top row first, left to right."""
    values = np.ma.filled(np.ma.asarray(artist.get_array(), dtype=np.float64), np.nan)
    if isinstance(artist, AxesImage):
        left, right, bottom, top = artist.get_extent()
        first, last = (left, top), (right, bottom)
        if artist.origin == "lower":
            first, last = (left, bottom), (right, top)
    else:
        grid = np.asarray(artist.get_coordinates())
        first, last = grid[0, 0], grid[-1, -1]
        if values.ndim == 1:  # a mesh may keep its values in one row
            values = values.reshape(grid.shape[0] - 1, grid.shape[1] - 1)
    (x_first, y_first), (x_last, y_last) = ax.transData.transform([first, last])
    if y_first < y_last:  # on the screen y grows upwards
        values = values[::-1]
    if x_first > x_last:
        values = values[:, ::-1]
    return torch.from_numpy(np.array(values, dtype=np.float64))


# --- a figure as it is seen ---------------------------------------------------------------

REACH = 4
"""Pixels around a point in which its line may be seen."""
FAINT = 24
"""Of 255: what differs by less is not seen."""


# Something is seen if the picture is another one without it.


def lines_seen(figure):
    """For each axes the shares of its lines' points near which they are seen, then its texts.

    Last, whether each legend is seen.
    """
    picture, axes = Picture(figure), axes_of(figure)
    found = [*figure.legends, *(ax.get_legend() for ax in figure.axes)]
    legends = [legend for legend in found if legend is not None]
    texts, shown = picture.said(axes, legends)
    return {"lines": picture.lines(axes), "texts": texts, "legends": shown}


def images_seen(figure):
    """For each axes its first image: the share of it that is seen, how much its pixels vary."""
    return Picture(figure).images([images_in(ax)[:1] for ax in axes_of(figure)])


LOOKS = {"lines": lines_seen, "images": images_seen}


class Picture:
    """A figure drawn into memory, and drawn again without some of its artists."""

    def __init__(self, figure):
        self.canvas = FigureCanvasAgg(figure)
        self.whole = self.draw()

    def draw(self):
        """The pixels, (height, width, 3)."""
        self.canvas.draw()
        return np.asarray(self.canvas.buffer_rgba())[..., :3].astype(np.int16)

    def without(self, artists):
        """Where the picture changes if the artists are hidden, (height, width)."""
        shown = [artist for artist in artists if artist.get_visible()]
        for artist in shown:
            artist.set_visible(False)
        changed = (
            np.abs(self.draw() - self.whole).max(-1) > FAINT
            if shown
            else np.zeros(self.whole.shape[:2], dtype=bool)
        )
        for artist in shown:
            artist.set_visible(True)
        return changed

    def lines(self, axes):
        """For each axes and each of its lines, the share of its points near which it is seen."""
        lines = [[line for line in ax.get_lines() if line.get_visible()] for ax in axes]
        shares = [[] for _ in axes]
        for number in range(max(map(len, lines), default=0)):
            chosen = [each[number] if number < len(each) else None for each in lines]
            hidden = [same for line in chosen if line is not None for same in alike(line, axes)]
            changed = self.without(hidden)
            for line, told in zip(chosen, shares):
                if line is not None:
                    told.append(self.share_of_points(line, changed))
        return shares

    def share_of_points(self, line, changed):
        """The share of a line's points that have a changed pixel near them; 1 if it has none."""
        height, width = changed.shape
        x, y = points(line.get_xdata(orig=False)), points(line.get_ydata(orig=False))
        at = line.get_transform().transform(torch.stack([x, y], 1).numpy())
        at = at[np.isfinite(at).all(1)].round().clip(-9999, 9999).astype(int)
        near = [
            bool(changed[max(height - row - REACH, 0) : max(height - row + REACH, 0),
                         max(column - REACH, 0) : max(column + REACH, 0)].any())
            for column, row in at
        ]  # fmt: skip
        return sum(near) / len(near) if near else 1.0

    def images(self, images):
        """For each axes its first image: the share of its pixels seen, and how these vary."""
        changed = self.without([artist for found in images for artist in found])
        return [self.image(found[0], changed) if found else None for found in images]

    def image(self, artist, changed):
        """The share of an image's place in the picture that is seen, and how the pixels vary."""
        part = self.place(artist.axes.patch)
        pixels = self.whole[part]
        if not pixels.size:
            return (0.0, 0.0)
        return float(changed[part].mean()), float(pixels.std(axis=(0, 1)).max())

    def place(self, artist):
        """The part of the picture that an artist takes up."""
        height = len(self.whole)
        box = artist.get_window_extent()
        top, bottom = (max(int(height - y), 0) for y in (box.y1, box.y0))
        return slice(top, bottom), slice(max(int(box.x0), 0), max(int(box.x1), 0))

    def said(self, axes, legends):
        """Whether titles and labels of each axes that are not empty can be seen; and the legends.

        Returns a dict by text for each axes, and a list of bools.
        """
        found = [
            [text for text in (*titles_of(ax), ax.xaxis.label, ax.yaxis.label) if text.get_text()]
            for ax in axes
        ]
        artists = [*(text for texts in found for text in texts), *legends]
        places = {id(artist): self.place(artist) for artist in artists}  # hiding moves titles
        changed = self.without(artists)

        def can_be_seen(artist):
            return bool(changed[places[id(artist)]].any())

        texts = [{text.get_text(): can_be_seen(text) for text in texts} for texts in found]
        return texts, [can_be_seen(legend) for legend in legends]


def alike(line, axes):
    """The lines of all axes that run through the same points as this one, itself included."""
    own = line.get_xydata()
    return [
        other
        for ax in axes
        for other in ax.get_lines()
        if other is line or np.array_equal(other.get_xydata(), own, equal_nan=True)
    ]


def titles_of(ax):
    """The three titles that axes can have."""
    return [ax.title, ax._left_title, ax._right_title]
