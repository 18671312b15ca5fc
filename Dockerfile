# Grading where the machine itself has no wall (macOS, Windows): docs/containers.md.
FROM python:3.12.11-slim-bookworm

# The strongest isolation level needs it. Debian keeps only its newest version, so a pin would soon fail to build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/course
COPY constraints/run.txt constraints/run.txt
RUN python -m pip install --no-cache-dir --require-hashes -r constraints/run.txt

COPY pyproject.toml README.md LICENSE ./
COPY autograder/ autograder/
COPY source_lib/ source_lib/
COPY solutions/ solutions/
COPY assignments/ assignments/
COPY tests/hidden/ tests/hidden/
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && python -m compileall -q autograder source_lib

# Students' code never runs as root, and neither does the grader.
RUN useradd --create-home --uid 1000 grader
USER 1000
ENTRYPOINT ["autograder"]
CMD ["doctor"]
