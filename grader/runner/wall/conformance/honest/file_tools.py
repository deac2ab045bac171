# Copies, moves, touches, packs and unpacks files.
# outcome: ok

import os
import pathlib
import shutil
import tarfile
import zipfile

pathlib.Path("data/inner").mkdir(parents=True)
pathlib.Path("data/a.txt").write_text("hello")
pathlib.Path("data/a.txt").touch()
shutil.copy("data/a.txt", "b.txt")
shutil.copy2("data/a.txt", "c.txt")
shutil.copytree("data", "copied")
shutil.move("b.txt", "copied/b.txt")
os.replace("c.txt", "copied/inner/c.txt")
os.chmod("copied/b.txt", 0o600)
shutil.make_archive("packed", "zip", "data")
shutil.make_archive("packed", "gztar", "data")
zipfile.ZipFile("packed.zip").extractall("from_zip")
tarfile.open("packed.tar.gz").extractall("from_tar")
assert (
    pathlib.Path("from_tar/a.txt").read_text()
    == pathlib.Path("from_zip/a.txt").read_text()
    == "hello"
)
with open("data/a.txt", "r+") as file:
    file.truncate(2)
shutil.rmtree("copied")
print("fine")
