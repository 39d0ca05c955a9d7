FROM python:3.11-slim-bookworm AS build
COPY requirements.txt /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --requirement /requirements.txt \
    && /venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/home/app/kernels
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
USER 10001
# The kernels of matching are compiled here, so that no start waits for them.
RUN python -c "from actors.process.warm_up import warm_up; warm_up()"
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\") or 5000}/healthz', timeout=4)"]
ENTRYPOINT ["bin/run"]
CMD ["web"]
