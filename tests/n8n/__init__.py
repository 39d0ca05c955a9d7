"""The workflows in `n8n/` on a real n8n, with a stand-in only for GoHighLevel's API.

Not part of `make test`: `make test-n8n` installs n8n first.
"""
