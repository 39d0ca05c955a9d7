"""Placeholder until its owner fills it."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)
