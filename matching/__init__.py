"""Profiles to scores, pairs, reasons and a certificate; pure, so the same input gives the same."""

from matching.batch import describe_pair, match_batch
from matching.errors import (
    ContradictoryPairs,
    DuplicateId,
    InvalidCapacity,
    InvalidOutcome,
    InvalidPair,
    InvalidProfile,
    InvalidRules,
    MatchingError,
    UnknownId,
)
from matching.learn import LearnedWeights, PairOutcome, learn_weights
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
from matching.ranking import auc, liked
from matching.score import score_pair

__all__ = [
    "BatchResult",
    "Certificate",
    "ContractorId",
    "ContradictoryPairs",
    "DuplicateId",
    "InvalidCapacity",
    "InvalidOutcome",
    "InvalidPair",
    "InvalidProfile",
    "InvalidRules",
    "LearnedWeights",
    "MatchingError",
    "Pair",
    "PairOutcome",
    "PairScore",
    "Profile",
    "Rules",
    "UnknownId",
    "Unmatched",
    "auc",
    "describe_pair",
    "learn_weights",
    "liked",
    "match_batch",
    "score_pair",
]
