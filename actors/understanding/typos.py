"""Owns reading a mistyped word as the word that was meant; pure.

Only words that decide something are mended, and never into or from a word that stops texts: the
wish to stop is read from the words as typed. Short words are mended from a list alone, because
everything is close to them ("yet", "bes"; "note", "now").
"""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from actors.understanding.patterns import word_set

_SHORT = {
    "yes": "yess yees yse eys ys yesd yws yea yeah yeh yep yup yepp yupp yah yas yass yis "
    "yessir yesir yessss yesh yeas yus ues",
    "no": "nope nop nah na noo nno noep npoe nopes naw nay nahh",
    "ok": "okay okey oki okie okk kk k alright aight alrighty okily",
    "sure": "shure sur suer srue suree",
    "please": "pls plz plse pleas plss",
    "thanks": "thank thx thnx ty tks thks tnx thanx",
    "you": "u",
    "them": "em",
    "more": "mor mroe moar moer",
    "tell": "tel tlel tll tlle",
    "later": "ltr latr l8r l8er",
    "not": "nto",
    "interested": "intrested",
    "definitely": "def defo defiantly",
    "information": "info infos",
    "details": "deets",
    "because": "cuz bc",
}
_MEANT = {typed: word for word, variants in _SHORT.items() for typed in variants.split()}
_MENDABLE = sorted(
    word_set(
        "absolutely definitely certainly interested introduce introduction connect perfect course "
        "already skip maybe both neither number details information tomorrow later sounds great "
        "please thanks tell more sure awesome during meeting session busy tarde gracias"
    )
)
# Words of their own that lie next to one that is mended.
_OTHER_WORDS = word_set(
    "ship slip skin skis skips skid skit snip step spin swip bath booth broth bot botch lumber "
    "numbed numbers layer lager laser lather late lates latter alter latex rater water lateral "
    "sound pounds rounds hounds founds greet treat grate greats grease plead leases pleased "
    "pleas tank tanks thank thinks hanks tall till toll tells cell teal tele term mode move mere "
    "mare mire mole mope mote mores morse moore moe mow sire sore surf surge sue cure pure awe "
    "meetings melting sessions missing bust bush buy busty bus buzz busby interest interests "
    "interesting introduced introduces connects connected connection contact content context "
    "perfects prefect courses coarse curse source definite absolute enduring cursing tomorrows "
    "tarda tardes either numb maybes store shore score spare stop skill text tale gear mate "
    "hater gate date rate grant"
)
_LONGEST = 20


@lru_cache(maxsize=4096)
def mended(word: str) -> str:
    """Return the word that was meant, or the word itself; `word` is in lower case."""
    if word in _MEANT:
        return _MEANT[word]
    if not 4 <= len(word) <= _LONGEST or word in _OTHER_WORDS or word in _MENDABLE:
        return word
    allowed = 2 if len(word) >= 9 else 1
    found = process.extractOne(word, _MENDABLE, scorer=OSA.distance, score_cutoff=allowed)
    if found is None or sorted(found[0][:2]) != sorted(word[:2]) and found[0][0] != word[0]:
        return word
    return str(found[0])
