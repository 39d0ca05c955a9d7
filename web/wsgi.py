"""Owns what gunicorn imports."""

from web import create_app

app = create_app()
