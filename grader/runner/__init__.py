"""Running code that nobody has read.

``inside`` runs beside it, behind the wall; ``outside`` starts, watches and ends that process.
Between them stand ``wire`` and ``packing`` (how they talk), ``agreed`` (what they call things),
the ``zygote`` that both are forked from, the ``wall``, and what a process does to use its device.
"""
