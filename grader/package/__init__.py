"""What is uploaded to a learning platform, and what runs there.

``contents`` collects the grader's own source and one exercise's part of the bank, without its
cases; ``platforms`` has one file for each platform: the files around that, and how a hand-in
is found and a result written there; ``run`` is what their entry points start.

A package holds the grader itself, so what it needs of the machine is Python with PyTorch and
the other packages: from an image that is named by its digest, or from wheels in the package. It
asks no network when it is built and none when it grades.
"""
