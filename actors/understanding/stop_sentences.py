"""Owns the sentences that ask for no more texts, and those that only look like it; pure.

They are matched against one clause: lower-case words, one space between them.
"""

import re

_NOT_A_VISIT = r"(?!(?:by|over|at|in|for|and|near|off)\b)"
_TEXTING = r"(?:text|txt|messag|msg|sms|contact|send|email|spam|bother|bugg|harass|annoy|notif)\w*"
_BUSINESS = (
    r"(?!\s+(?:out|our|their|customers?|clients?|leads|people|homeowners?|prospects?|estimates?"
    r"|mail\w*|proposals?|quotes?|flyers?|postcards?|invoices?|bids?)\b)"
)
_YOURS = r"this|these|those|my|your|all|any"
_TEXTS = (
    r"(?:texts|txts|text messages?|messages|msgs|sms|notifications|alerts|subscription"
    r"|communications?)"
)
_ANY = r"(?:(?:all|any|my|your|the|these|those|sms|text|future|further|more|of|getting) ){0,3}"
_MUST = r"(?:need to|have to|must|should|better|can|gotta|got to)"
_NUMBER = r"(?:me|us|this number|my (?:number|phone|cell|name|info|details|contact)\w*)"
_DO_NOT = r"(?:do not|don t|dont|dnt|never|not to|no longer)"
_A_SESSION = r"(?:(?:the|a|your|my|our) )?(?:\d|session|panel|workshop|meeting|breakout|lunch|talk)"
_OBJECT = r"(?= (?:this|these|those|it|that|all|me|us|now|please|pls|already|asap|the text)|$)"

SENTENCES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bstop (?:{_NOT_A_VISIT}\w+ ){{0,3}}{_TEXTING}\b{_BUSINESS}",
        rf"\b(?:quit|cease|halt|discontinue|refrain from) {_TEXTING}(?: (?:me|us|{_YOURS})\b|$)",
        rf"\b(?:stop|end|cancel|quit|block|halt) {_ANY}{_TEXTS}\b",
        (
            r"\b(?:make|want|need|get) (?:it|this|these|that|them|you|u|"
            rf"(?:the|your|these) {_TEXTS}) (?:to )?stop\b(?! by| at)"
        ),
        (
            r"\b(?:can|could|will|would|won t) (?:you |u |y all |they |this |these |it |please |"
            rf"pls |just |ever )*stop\b{_OBJECT}"
        ),
        (
            rf"\b(?:you|u|they|y all) (?:guys )?(?:really |just |all )*{_MUST} "
            rf"(?:please |just )?stop\b{_OBJECT}"
        ),
        r"\b(?:please|pls|plz|just) stop\b(?! (?:by|at|in|over|near|for|and)\b)",
        (
            r"\bhow (?:do i|can i|to) (?:make |get )?(?:it |this |these |them )?stop"
            rf"(?: (?:this|these|it|them|getting|receiving|your|the {_TEXTS})\b|$)"
        ),
        r"\bunsubscribe\b(?! (?:rate|link|button))|\b(?:i|already|be|get|got|me) unsubscribed\b",
        r"\bopt(?:ed|ing)? (?:me |us |my \w+ )?out\b",
        rf"\b(?:remove|delete|erase|forget|unenroll) {_NUMBER}\b(?! from {_A_SESSION})",
        rf"\b(?:drop|strike|exclude|withdraw) {_NUMBER} (?:from|off)\b(?! {_A_SESSION})",
        rf"\b(?:take|get|cross|keep) {_NUMBER} (?:off(?! to\b| guard)|out of (?:this|your))\b",
        (
            rf"\b{_DO_NOT} (?:ever |u |you )?(?:text|txt|message|msg|contact|sms|bother|send)"
            r"(?:ing)?(?: to)? "
            r"(?:me|us|any|anything|anymore|again|these|here|(?:my|this) (?:phone|number|cell))\b"
        ),
        (
            rf"^(?:please |pls )?(?:do not|don t|dont|no) (?:text|contact|message|{_TEXTS}|texting)"
            r"(?: please| this number)?$"
        ),
        (
            r"\bbe removed\b|\boff (?:of )?(?:(?:the|your|this|ur|that|any|all) )?(?:\w+ )?list\b"
            r"|\b(?:removed?|delete|erase) .*\blist\b"
            r"|^(?:please |pls )?remove(?: it| now| please)?$"
        ),
        (
            r"\b(?:did not|didn t|never) (?:consent|agree|sign up|subscribe|opt in)"
            r"(?: (?:for|to) (?:this|these|texts|your)\b|$)"
            r"|\bnever (?:agreed|consented|signed up|subscribed|opted in)"
            r"(?: (?:for|to) (?:this|these|texts|your)\b)"
        ),
        r"\brather not (?:get|receive)\b|^(?:please )?no (?:more|mas)(?: please| thanks)?$",
        (
            rf"\b{_DO_NOT} (?:wish|want|care|need|consent|agree)\b(?:(?! miss) \w+){{0,4}} "
            rf"(?:{_TEXTS}|messaged|texted|contacted|hear from|receive|get these|bothered)\b"
        ),
        rf"\bno (?:more|further) (?:of )?(?:\w+ )?(?:{_TEXTS}|texting|messaging|contact|these)\b",
        rf"(?<!not )\benough (?:of |with |already )?(?:\w+ )?(?:{_TEXTS}|texting|messaging)\b",
        r"\b(?:leave (?:me|us) alone|lose (?:my|this) number|cease and desist)\b",
        r"^(?:go away|get lost|(?:quit|end) (?:it|this))$|\b(?:knock it off|cut it out)\b",
        rf"\b(?:told|asked|telling|asking) (?:you|u|y all) to stop\b{_OBJECT}",
        r"\bno longer consent\b|\bleave me out of (?:this|these|your) (?:text|list|messag)\w*",
        r"\b(?:fuck|piss|bugger|buzz|f) off\b",
        r"\b(?:revoke|withdraw|rescind) (?:my |all )?(?:consent|permission|authorization)\b",
        r"\b(?:dar|den|da|darme|denme|deme) de baja\b",
        r"\bno (?:me |nos )(?:escriban?|manden?|mande|envien?|contacten?|texteen?|molesten?)\b",
        r"\bdej(?:a|e|en|em) de (?:mandar|enviar|escribir|textear)\w*",
        r"\bno (?:quiero )?(?:recibir )?(?:mas )?(?:sus )?(?:mensajes|textos|sms)\b",
        r"\bno quiero recibir(?: nada| mas)?$|\bcancelar (?:la |mi )?suscripcion\b",
        r"\b(?:quit(?:a|en?)|borr(?:a|en?)|elimin(?:a|en?)|sa(?:ca|quen?))me\b",
    )
)
# "Don't stop", "can't stop smiling", "non-stop", "bus stop": the word without the wish.
NO_WISH = re.compile(
    r"\bcan t stop (?:and )?won t stop\b|\b(?:don'?t|don t) you dare stop\b"
    r"|\b(?:do not|don'?t|don t|can'?t|can t|cannot|couldn t|could not|non|bus|pit|truck|rest|full"
    r"|one|next|last|first|quick|whistle|gas|door)[ -]?"
    r"(?:stop(?:ping)?|unsubscribe|opt (?:me )?out|remove me|take me off)\b"
    r"(?! (?:these|the (?:text|message)|your|getting|receiving|all\b))",
    re.IGNORECASE,
)
# "Not Bob stop": at the end it is a wish, unless it is a place or somebody's habit.
AT_THE_END = re.compile(
    r"^(?!.*\b(?:where|which|what|when|whats)\b).*"
    r"(?<!\bthe)(?<!\ba)(?<!\bour)(?<!\bmy)(?<!\byour)(?<!\bnot)(?<!\bnever)(?<! t)(?<!nt)"
    r" stop(?: these| those| this)?$"
)
A_VISIT = re.compile(
    r"(?:by|over|off|past|near|into|in at|signs?|lights?|and (?:say|see|visit|chat|talk|meet|grab)"
    r"|(?:in|at|for) (?:the|a|my|our|your|lunch|coffee|booth|\d+)|losing|paying|chasing"
    r"|worrying|overthinking|kidding|me if)\b"
)
