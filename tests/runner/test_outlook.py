"""Which texts leave no doubt that a ruined training decides the run."""

from __future__ import annotations

import textwrap

import pytest

from grader import bank
from grader.runner.inside.outlook import lines_of_no_return

PLAIN = """
    import torch
    model = torch.nn.Linear(784, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss_of = torch.nn.CrossEntropyLoss()
    for epoch in range(100):
        model.train()
        for images, labels in train_loader:
            optimizer.zero_grad()
            loss_of(model(images), labels).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
        print(epoch, right)
    print("done")
"""
FUNCTIONS = """
    import torch
    def evaluate(model, loader):
        model.eval()
        return sum((model(x).argmax(1) == y).sum().item() for x, y in loader)
    def train_epoch(model, optimizer):
        for images, labels in train_loader:
            torch.nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
    def main():
        model = torch.nn.Linear(784, 10)
        optimizer = torch.optim.Adam(model.parameters())
        for epoch in range(100):
            train_epoch(model, optimizer)
            print(evaluate(model, val_loader))
        print(evaluate(model, test_loader))
        torch.save(model.state_dict(), "model.pt")
    if __name__ == "__main__":
        main()
"""


def lines(source: str) -> list[int]:
    return lines_of_no_return(textwrap.dedent(source).lstrip("\n"))


def line_of(source: str, text: str) -> int:
    rows = textwrap.dedent(source).lstrip("\n").splitlines()
    return next(number for number, row in enumerate(rows, 1) if text in row)


@pytest.mark.parametrize("source", [PLAIN, FUNCTIONS])
def test_a_plain_training_decides_the_run(source: str) -> None:
    """At module level and in functions, with its validation in every round."""
    assert lines(source) == [line_of(source, "optimizer.step()")]


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("weights are restored", 'print("done")', "model.load_state_dict(best)"),
        ("weights are kept", "print(epoch, right)", "best = copy.deepcopy(model)"),
        ("a second training", 'print("done")', "other = torch.optim.SGD(model.parameters(), 1)"),
        ("something is shown at the end only", 'print("done")', "model(next(iter(val_loader))[0])"),
        ("an unknown function at the end", 'print("done")', "report(model)"),
        ("nan is looked for", "print(epoch, right)", "torch.isnan(loss)"),
        ("weights are drawn anew", "print(epoch, right)", "torch.nn.init.normal_(model.weight)"),
        ("weights are written to", "print(epoch, right)", "model.weight.data = torch.zeros(1)"),
        ("any code", "print(epoch, right)", "exec('x')"),
        ("validation now and then", "model.eval()", "if epoch % 10 == 0: check(model)"),
        ("an optimizer by name", "torch.optim.SGD", "getattr(torch.optim, 'SGD')"),
        ("one optimizer a round", "model.train()", "optimizer = torch.optim.SGD(weights)"),
        ("no optimizer", "torch.optim.SGD(model.parameters(), lr=0.1)", "make()"),
        ("no Python", "import torch", "import torch ="),
    ],
)  # fmt: skip
def test_any_doubt_means_no(why: str, old: str, new: str) -> None:
    """One line more, and the program might still do or show something."""
    assert PLAIN.count(old) == 1
    assert lines(PLAIN.replace(old, new)) == [], why


def test_what_stops_a_training_must_not_be_caught() -> None:
    """What an ``except`` does after it is unknown."""
    main = FUNCTIONS.replace("        main()", "        try: main()\n        except: rescue()")
    assert lines(main) == []


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("main is called twice", "        main()", "        main()\n        main()"),
        ("main is called in a loop", "        main()", "        for lr in (1, 2): main()"),
        ("main is handed on", "        main()", "        run(main)"),
        ("main is decorated", "    def main():", "    @repeat(3)\n    def main():"),
        ("main calls itself", 'torch.save(model.state_dict(), "model.pt")', "main()"),
        ("two functions of one name", "    if __name__", "    def main(): pass\n    if __name__"),
        ("a new function at the end", "evaluate(model, test_loader)", "confusion(model)"),
        ("evaluated sometimes", "print(evaluate(model, val_loader))",
         "if epoch > 5: print(evaluate(model, val_loader))"),
    ],
)  # fmt: skip
def test_functions_must_be_called_once_and_plainly(why: str, old: str, new: str) -> None:
    """Else the optimizer may be made again, or the rest is not known."""
    assert FUNCTIONS.count(old) == 1
    assert lines(FUNCTIONS.replace(old, new)) == [], why


@pytest.mark.parametrize(
    "case",
    [
        "ok_early_stopping_restore", "ok_k_fold", "ok_lr_range_test", "ok_compare_models",
        "ok_checkpoint_resume", "ok_overfit_one_batch_first", "ok_two_optimizers",
        "ok_validate_once_at_end", "ok_validate_on_deepcopy", "ok_phase_loop_transfer_style",
        "ok_trainer_class", "ok_ema_weights", "ok_manual_sgd_no_grad",
        "bad_new_optimizer_each_batch",
    ],
)  # fmt: skip
def test_programs_with_a_second_chance_are_never_given_up(case: str) -> None:
    """They train again, restore what they kept, or validate after their training."""
    path = bank.load("debug_loop").reference / "cases" / f"{case}.py"
    assert lines_of_no_return(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["(" * 5000, "x = " + "-" * 100_000 + "1", "\0", ""])
def test_a_hostile_text_is_a_text_in_doubt(source: str) -> None:
    """What the parser can't read is no error."""
    assert lines_of_no_return(source) == []
