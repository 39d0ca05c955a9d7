"""Owns recognising a wish for no more texts, however it is put; pure.

A missed wish harms somebody and a false alarm costs an introduction, so doubtful wording counts
as a wish. Ordinary talk that only contains such a word ("I'll stop by the booth") does not.
"""

from difflib import SequenceMatcher

from actors.understanding.stop_sentences import A_VISIT, AT_THE_END, NO_WISH, SENTENCES


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What carriers honour, the Spanish and French counterparts, and how thumbs spell them.
SINGLE_WORDS = _set(
    "stop stopall unsubscribe cancel end quit revoke optout stop2end stoptoend unsub stopp stoppp "
    "sotp stpo tsop stip stoo stob stp st0p 5top dtop sttop stopt stopl stoped stopal cancell "
    "cancle quitt qiut otpout unsubscribed discontinue cease desist remove delete stoop alto pare "
    "paren parar para basta baja cancelar "
    "detener salir arret arreter стоп"
)
# These mean it in any clause; "end" or "cancel" only as the first thing said.
STRONG_WORDS = _set("stop stopall unsubscribe unsub optout stopp stoppp sotp stpo tsop st0p")
POLITE = _set(
    "please pls plz plse now thanks thank thx ty you u ok okay hi hey hello asap sir all "
    "por favor ya"
)
FILLERS = POLITE | _set(
    "just this it that these those already immediately yes yeah no nope nah omg ffs i said say "
    "everything everybody guys kindly me us sorry but and so again forever really"
)


def wants_no_texts(lines: list[str]) -> bool:
    """Whether somebody wants no more texts.

    Parameters
    ----------
    lines : list of str
        The lines of one reply: lower-case words, with "." between clauses.
    """
    clauses = [words for line in lines for words in map(str.split, line.split(".")) if words]
    if not clauses:
        return False
    if _is_only(clauses[0], SINGLE_WORDS, POLITE):
        return True
    if any(_is_only(clause, STRONG_WORDS, FILLERS) for clause in clauses):
        return True
    return any(_is_said(clause.strip()) for clause in " ".join(lines).split("."))


def _is_only(words: list[str], wanted: frozenset[str], besides: frozenset[str]) -> bool:
    joined = "".join(words)
    if joined in wanted or (len(words) <= 2 and _is_nearly_unsubscribe(joined)):
        return True
    rest = [word for word in words if word not in besides]
    return bool(rest) and len(words) <= 6 and all(word in wanted for word in rest)


def _is_said(clause: str) -> bool:
    clause = NO_WISH.sub("carry on", clause)
    first, _, after = clause.partition(" ")
    if first in STRONG_WORDS and not A_VISIT.match(after):
        return True
    others = (word for word in clause.split() if word != "unsubscribe")
    if AT_THE_END.match(clause) or any(map(_is_nearly_unsubscribe, others)):
        return True
    return any(sentence.search(clause) for sentence in SENTENCES)


def _is_nearly_unsubscribe(word: str) -> bool:
    if not word.startswith("un") or not 8 <= len(word) <= 13 or word.endswith(("d", "rs")):
        return False
    return SequenceMatcher(None, word, "unsubscribe").ratio() >= 0.84
