# syntax=docker/dockerfile:1
# The product as one image for web, worker, beat and jobs: built in stages, run by nobody in particular, on a root file
# system that is never written to. What a process writes goes to /data (files) and /tmp (memory).

FROM node:24-bookworm-slim AS front
WORKDIR /srv
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
# The styles keep the classes that templates and Python name, so all of both is read.
COPY pyproject.toml ./
COPY platform platform
COPY tenants tenants
COPY services services
COPY billing billing
COPY templates templates
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-input --require-hashes -r base.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/srv/platform:/srv \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    DATA_DIR=/data \
    STATIC_ROOT=/srv/static
RUN groupadd --gid 10001 liandong \
 && useradd --uid 10001 --gid liandong --no-create-home --shell /usr/sbin/nologin liandong \
 && install -d -o liandong -g liandong /data
WORKDIR /srv
COPY --from=packages /venv /venv
COPY manage.py pyproject.toml ./
COPY platform platform
COPY tenants tenants
COPY services services
COPY billing billing
COPY templates templates
COPY locale locale
COPY docs/guides docs/guides
COPY --from=front /srv/platform/config/static platform/config/static
# The keys are only for these two commands and stay in no layer's environment.
RUN SECRET_KEY=build MASTER_KEY="$(head -c 32 /dev/zero | base64)" python -m config.translations locale \
 && SECRET_KEY=build MASTER_KEY="$(head -c 32 /dev/zero | base64)" python manage.py collectstatic --noinput --verbosity 0
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--access-logfile", "-"]
