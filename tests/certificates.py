"""Certificates of a made-up authority, for servers that tests start with TLS on."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: a server's key and certificate, and who vouches for it."""

    key: Path
    certificate: Path
    authority: Path


def issue(folder: Path, *names: str) -> Certificates:
    """Make a certificate for a server of these names, which no system trusts by itself."""
    folder.mkdir(exist_ok=True)
    authority = trustme.CA()
    issued = authority.issue_cert(*names)
    made = Certificates(folder / "key.pem", folder / "certificate.pem", folder / "authority.pem")
    issued.private_key_pem.write_to_path(str(made.key))
    made.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(str(made.authority))
    return made
