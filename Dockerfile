# The product in one image: the same one serves, works, keeps the schedule and migrates.
#
# Made in three stages, so that neither npm nor a compiler is in what runs.

FROM node:24-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional --ignore-scripts

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --requirement /requirements.lock
WORKDIR /app
COPY manage.py ./
COPY district district
COPY spaces spaces
COPY templates templates
COPY static static
COPY locale locale
COPY --from=front /app/node_modules node_modules
RUN /venv/bin/python manage.py texts compile \
 && /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && /venv/bin/python -m compileall -q district spaces /venv/lib \
 && rm -r node_modules

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent district \
 && install --directory --owner district --mode 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=front /app/node_modules/@tabler/icons/icons/outline \
     /app/node_modules/@tabler/icons/icons/outline
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MEDIA_ROOT=/data/files
USER district
EXPOSE 8000
HEALTHCHECK --start-period=30s --interval=15s CMD ["python", "-m", "district.runtime.healthcheck"]
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", \
     "--log-level", "warning", "district.wsgi:application"]
