# Leaves folders without any right, odd names, links in circles.
# outcome: ok

import os

os.makedirs("closed/inner", mode=0o700)
os.umask(0o777)
os.mkdir("no rights")
os.umask(0)
os.symlink(".", "closed/circle")
os.symlink("@outside@", "closed/away")
for name in ("\n", "-rf", "\udcff\udcfe", "*", "a" * 255, " ", "\x1b[31m"):
    open(os.path.join("closed", name), "w").close()
print(len(os.listdir("closed")))
