"""Placeholder until its owner fills it."""

from flask import Blueprint

blueprint = Blueprint("api", __name__)
