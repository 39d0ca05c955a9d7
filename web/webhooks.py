"""Placeholder until its owner fills it."""

from flask import Blueprint

blueprint = Blueprint("webhooks", __name__)
