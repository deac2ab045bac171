# The image whose command is `grade`: PyTorch, no compiler, no pip, no root needed inside.
#
#   docker build -t grade .                        for the CPU (the target `cpu`)
#   docker build -t grade:cuda --target cuda .     with all of CUDA's libraries
#   docker run --rm --network none --read-only --tmpfs /tmp -v "$PWD:/submissions:ro" \
#     grade submission.py --exercise debug_loop
#
# Without a build argument PyTorch is the default build of PyPI, its hashes checked, and the target
# `cpu` takes out of it what a CPU never loads. CPU wheels are smaller still; name where they are:
#   --build-arg TORCH_ARGS="--index-url <index of CPU builds>"
# Their versions are those of constraints/torch.txt; their hashes only their index knows.
#
# Started as root (--user 0), as some platforms do, the grader gives each submission a user id of
# its own, which makes the wall higher; as the ordinary user below it does with what is left.
# `docker run --rm grade doctor` tells the difference. docs/lms.md has the rest.

ARG BASE=python:3.12-slim

FROM ${BASE} AS base
RUN python3 -m venv --without-pip /opt/grade

# --- what pip makes of the locked lists: each in a folder of its own, later a layer ----------

FROM base AS tools
WORKDIR /src
COPY constraints constraints
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_DEPS=1 PIP_ONLY_BINARY=:all:
RUN python3 -m venv /tools \
 && /tools/bin/python -m pip install -q --require-hashes -r constraints/build.txt

FROM tools AS packages
RUN /tools/bin/python -m pip --python /opt/grade/bin/python install -q \
      --prefix /layer --require-hashes -r constraints/packages.txt

FROM tools AS torch
RUN /tools/bin/python -m pip --python /opt/grade/bin/python install -q \
      --prefix /layer --require-hashes -r constraints/torch.txt

FROM tools AS torch-cpu
ARG TORCH_ARGS=""
COPY --from=packages /layer /opt/grade
COPY scripts/slim.py .
RUN if [ -n "${TORCH_ARGS}" ]; then \
      pinned=$(grep -ohE '^(torch|torchvision)==[^ ;]+' constraints/torch.txt) \
      && /tools/bin/python -m pip --python /opt/grade/bin/python install -q --prefix /layer \
           --ignore-installed ${TORCH_ARGS} ${pinned}; \
    else \
      /tools/bin/python -m pip --python /opt/grade/bin/python install -q --prefix /layer \
        --require-hashes -r constraints/torch.txt; \
    fi \
 && /opt/grade/bin/python slim.py /layer/lib/python3*/site-packages

FROM tools AS grader
COPY . .
RUN /tools/bin/python -m pip wheel -q --no-build-isolation --wheel-dir /wheels . \
 && /tools/bin/python -m pip --python /opt/grade/bin/python install -q --prefix /layer /wheels/*.whl \
 && mv /layer/share /bank \
 && chown -R 1000:0 /bank && chmod -R u=rwX,g=rX,o= /bank

# --- the image without PyTorch ---------------------------------------------------------------

FROM base AS image
LABEL org.opencontainers.image.title="grade" \
      org.opencontainers.image.description="Grades exercises in training networks with PyTorch" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/grade/bin:$PATH PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home --uid 1000 --gid 0 grader && mkdir /submissions
WORKDIR /submissions
ENTRYPOINT ["grade"]
HEALTHCHECK --interval=5m --timeout=2m CMD ["grade", "doctor"]
USER grader
COPY --from=packages /layer /opt/grade

# --- the two targets; the last one is what is built without --target --------------------------

FROM image AS cuda
COPY --from=torch /layer /opt/grade
COPY --from=grader /layer /opt/grade
COPY --from=grader --chown=1000:0 /bank /opt/grade/share

FROM image AS cpu
COPY --from=torch-cpu /layer /opt/grade
COPY --from=grader /layer /opt/grade
COPY --from=grader --chown=1000:0 /bank /opt/grade/share
