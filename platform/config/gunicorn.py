"""How gunicorn runs the web process everywhere: `gunicorn -c python:config.gunicorn config.wsgi:application`."""

import os

worker_class = "config.web_worker.BoundedThreadWorker"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 25
# Longer than any proxy of ours keeps an idle connection (nginx 60 s): whoever closes first must be the proxy, or it
# sends a request into a connection that is just being closed.
keepalive = 75
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  # gunicorn's own heartbeat files
# gunicorn's own way of being steered while it runs: nobody here uses it, and in the image its place cannot be written.
control_socket_disable = True
