# An image whose command is `grade`: PyTorch for the CPU, no compiler, no root needed inside.
#
#   docker build -t grade .
#   docker run --rm --network none -v "$PWD:/submissions:ro" grade submission.py --exercise debug_loop
#
# Started as root (add --user 0), the grader gives each submission a user id of its own,
# which makes the wall higher; as the ordinary user below it does with what is left.
# `docker run --rm grade doctor` tells the difference. --network none is worth having anyway.

ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-deps --wheel-dir /wheels .

FROM python:${PYTHON}-slim
# Where to find CPU builds of PyTorch, and which: an index as its install page names it, e.g.
#   --build-arg TORCH_ARGS="--index-url <index of CPU builds>"
# Without it pip takes the default build, which carries some 3 GB of CUDA libraries.
ARG TORCH_ARGS=""
ARG TORCH="torch>=2.6 torchvision>=0.21"
RUN pip install --no-cache-dir ${TORCH_ARGS} ${TORCH}
# Then the grader, from the wheel alone; PyTorch is there already.
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir /wheels/*.whl

RUN useradd --create-home --uid 1000 grader
USER grader
WORKDIR /submissions
ENTRYPOINT ["grade"]
