"""Profiles to scores, pairs, reasons and a certificate; pure, so the same input gives the same."""

from matching.batch import match_batch
from matching.errors import (
    ContradictoryPairs,
    DuplicateId,
    InvalidCapacity,
    InvalidPair,
    InvalidProfile,
    InvalidRules,
    MatchingError,
    UnknownId,
)
from matching.profile import (
    BatchResult,
    Certificate,
    ContractorId,
    Pair,
    PairScore,
    Profile,
    Rules,
    Unmatched,
)
from matching.score import score_pair

__all__ = [
    "BatchResult",
    "Certificate",
    "ContractorId",
    "ContradictoryPairs",
    "DuplicateId",
    "InvalidCapacity",
    "InvalidPair",
    "InvalidProfile",
    "InvalidRules",
    "MatchingError",
    "Pair",
    "PairScore",
    "Profile",
    "Rules",
    "UnknownId",
    "Unmatched",
    "match_batch",
    "score_pair",
]
