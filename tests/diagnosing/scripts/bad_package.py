"""A fault in a module of one's own, in a package beside the script, and arguments."""
import argparse

from parts.loop import train
from parts.net import make

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, required=True)
if __name__ == "__main__":
    train(make(), parser.parse_args().epochs)
