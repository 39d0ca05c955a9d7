"""Owns the phrases about people who met, did not meet, or know each other anyway; pure."""

from actors.understanding.patterns import phrases

_THEM = r"(?:him|her|them|this guy|that guy|the guy|these guys|this person|that person|it)"
_WE = r"(?:i|we|ive|weve|i have|we have)"
_DID_NOT = r"(?:couldnt|could not|didnt|did not|havent|have not|hasnt|hadnt|wasnt able to)"
_MEETING = r"(?:find|found|meet|met|seen?|show|connect(?:ed)?|happen(?:ed)?|talk(?:ed)?|catch)"
_FINE = (
    r"(?:good|great|perfect|fun|awesome|amazing|interesting|fine|nice|excellent|cool|lovely"
    r"|wonderful|fantastic|helpful|like a plan|like fun)"
)
_KIN = (
    r"(?:brother|sister|cousin|uncle|aunt|dad|father|mother|mom|wife|husband|son|daughter|friend"
    r"|buddy|partner|boss|neighbor|neighbour|coworker|colleague|client|supplier)"
)

_NOTYET = (r"\bnot (?:just )?yet\b|\bhavent yet\b|\btodavia no\b|\baun no\b",)
_MISSED = (
    r"\bnever (?:\w+ )?(?:found|met|saw|showed|connected|ran into|got|happened|heard)\b",
    r"\bnever (?:\w+ )?(?:talked|spoke|made it|linked|came|did|crossed|caught)\b",
    rf"\b{_DID_NOT} (?!make)(?:\w+ ){{0,5}}?{_MEETING}\b(?: yet| up)?",
    r"\b(?:cant|cannot) (?:find|locate|reach)\b|\bno (?:answer|response|reply|luck|dice)\b",
    r"\bstood (?:me|us) up\b|\b(?:kept )?missing (?:each other|him|her|them)\b",
    rf"\b(?:couldnt|could not|wasnt able to) \w+|\blooked (?:everywhere|for {_THEM})\b",
    rf"\b(?:{_DID_NOT}|never) (?:\w+ )?(?:answer(?:ed)?|respond\w*|repl(?:y|ied)|texted|called)\b",
    r"\b(?:didnt|did not|havent)(?: get| have)(?: the| a| to| around| time)*\b",
    r"\bno ?show(?:ed)?\b|\bmissed (?:him|her|them|each other|one another|it)\b",
    r"\b(?:ran )?out of time\b|\bno time\b|\bno sign of\b|\b(?:he|she|they) (?:bailed|ghosted)\b",
    r"\b(?:we|i|he|she|they) (?:didnt|did not)\b|^(?:no )?didnt\b|\bno pudimos\b",
    r"\bno (?:lo|la|los|nos) (?:encontre|vi|vimos|conocimos|encontramos|hablamos)\b",
    r"\bnunca (?:lo|la|los|nos)\b",
)
_KNOWN = (
    rf"\b(?:{_WE}|already)(?: already| actually| both| do)* know (?={_THEM}|\d|both|each)",
    rf"\b{_WE} (?:already )?know \w+ (?:already|(?:(?:really|very|pretty) )?well)\b",
    r"\balready know\b|\bknow each other\b|\b(?:lo|la|los|nos) cono(?:cemos|zco)\b",
    rf"\b(?:hes|shes|he is|she is|thats|that is) (?:actually )?my (?:\w+ )?{_KIN}\b",
    rf"\b{_WE} (?:already )?work (?:together|with {_THEM})\b|\bgoe?s? way back\b",
    rf"\b(?:{_WE} )?(?:have )?known {_THEM}|\b(?:already|got|were|been) introduced\b(?! yet)",
    rf"\b(?:used to work|worked) (?:together|(?:with|for) (?:me|us|{_THEM}))",
    rf"\bwe are (?:\w+ )?{_KIN}s\b",
    r"\bsame company\b|\b(?:old|already) friends\b|\bfriend of mine\b",
)
_MET = (
    rf"(?:^|\b(?:{_WE}|already|just|finally|actually|yes|both) )met\b",
    r"\balready (?:spoke|talked|chatted|connected|in touch)\b",
    r"\bya (?:lo|la|los|nos) (?:conoci|conocimos|vimos|presentaron)\b",
)
_TALKED = (
    r"\b(?:we|i|sure|they) did\b|^did(?: indeed| so)?$",
    r"\b(?:hit it off|clicked|nos (?:vimos|conocimos))\b",
    rf"\b{_WE} (?:\w+ )?(?:talked|chatted|spoke|connected|hung out|hit it|exchanged)\b",
    r"^(?:\w+ )?(?:talked|chatted|spoke|connected|hablamos|briefly|for a (?:bit|minute))\b",
    r"\bhad (?:an? |some )?(?:\w+ )?(?:coffee|lunch|chat|talk|conversation|beers?)\b",
    rf"\b(?:{_FINE}|good|super|solid) (?:chat|talk|guy|gal|lady|person|man|dude)\b",
    rf"\b(?:{_FINE}|good|super|solid) (?:conversation|contact|connection|people|visit|meetup)\b",
    r"\b(?:swapped|traded|exchanged) (?:\w+ )?(?:cards|numbers|info\w*|contacts?)\b",
    r"\bgrabbed (?:an? |some )?(?:\w+ )?(?:coffee|lunch|beers?|drinks?|bite)\b",
    r"\bsat (?:down|together)\b",
)
ENCOUNTERS = phrases(
    ("NOTYET", _NOTYET),
    ("MISSED", _MISSED),
    ("KNOWN", _KNOWN),
    ("MET", _MET),
    ("TALKED", _TALKED),
)
