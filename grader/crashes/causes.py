"""Sentences for what torch says of several causes, where the record of the run knows which it was.

Words come from `grader.schema.rows.FailedPass`; each sentence also says what not to do about it.
"""

from __future__ import annotations

from grader.model import Place

KEEPS = "retain_graph=True would silence this message"
SILENCES = "loss.requires_grad_(True) would silence this message and train nothing"


def again(why: str, origin: Place | None, at: Place | None) -> str:
    """A second backward pass through one graph; ``origin`` is the line of the first.

    Empty where nothing is known.
    """
    line = "an earlier line" if origin is None else f"line {origin.line}"
    if why == "same":
        return (
            f"This very loss has been through backward() before, at {line}, which has freed its "
            "graph: call backward() once for each loss that is computed. "
            f"{KEEPS} and add the same gradients once more."
        )
    if why == "total":
        return (
            f"This loss holds the loss of an earlier step, whose graph its own backward() at "
            f"{line} has freed: it is a running total. Call backward() on the loss of this step "
            f"alone, and add loss.item() to the total. {KEEPS} and make each step slower than the "
            "last."
        )
    if why not in ("forward", "state"):
        return ""
    if origin is not None and origin != at:
        return (
            f"A part of this loss's graph was freed by the backward() at {line}: both losses come "
            "from one forward pass. Add them and call backward() once; or, if the first one is "
            "not to train what made its input, give it input.detach(). "
            f"{KEEPS}, and the first loss would still train what it may not be meant to."
        )
    if why == "state":
        return (
            "A state that an earlier step has left (a hidden state, a memory) still hangs on the "
            "graph of that step, which its backward() has freed: begin each step with "
            f"state.detach(). {KEEPS} and go back through all steps so far, slower each time."
        )
    return (
        "The outputs in this loss were computed once, before the loop, and the first backward() "
        "has freed their graph: the forward pass belongs inside the loop, anew for each step. "
        f"{KEEPS} and train on outputs of weights that are long gone."
    )


def no_graph(why: str, origin: Place | None) -> str:
    """A loss without a graph; ``origin`` is the line of the model's call. Empty if not known."""
    line = "" if origin is None else f" at line {origin.line}"
    said = {
        "no_grad": f"The model was called{line} while no gradients were recorded (no_grad, "
        "inference_mode or set_grad_enabled(False)), so the loss knows no way back to it: call it "
        "outside of that in training",
        "frozen": f"No parameter of the model that was called{line} requires gradients: all are "
        "frozen (requires_grad is False), and at least those that are to be trained must not be",
        "cut": f"The model was called{line} with gradients, and this loss has none: the way back "
        "is cut between the two (detach, .data, .item(), .numpy(), argmax, round, a comparison or "
        "torch.tensor(…)). Compute the loss from the model's raw outputs, by torch's operations",
    }.get(why)
    return "" if said is None else f"{said}. {SILENCES}."
