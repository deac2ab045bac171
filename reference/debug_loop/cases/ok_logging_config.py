# Logging instead of print, settings in a frozen dataclass, paths from pathlib.
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger("digits")


@dataclass(frozen=True)
class Config:
    hidden: int = 256
    lr: float = 0.08
    momentum: float = 0.7
    epochs: int = 3
    out: Path = Path("run")


def main(cfg: Config) -> None:
    cfg.out.mkdir(parents=True, exist_ok=True)
    log.info("config %s", asdict(cfg))
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(784, cfg.hidden), nn.ReLU(), nn.Linear(cfg.hidden, 10)
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=cfg.lr, momentum=cfg.momentum)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(cfg.epochs):
        net.train()
        for images, labels in train_loader:
            optimizer.zero_grad()
            loss = criterion(net(images), labels)
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.inference_mode():
            hits = sum((net(images).argmax(1) == labels).sum().item() for images, labels in val_loader)
        log.info("epoch %d loss %.4f val %.4f", epoch, loss.item(), hits / len(val_loader.dataset))
    torch.save(net.state_dict(), cfg.out / "last.pt")


main(Config())
