"""Placeholder until its owner fills it."""

from flask import Blueprint

blueprint = Blueprint("simulator", __name__)
