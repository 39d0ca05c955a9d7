"""Owns the phrases that refuse, doubt or put off, and those that only look like it; pure."""

from actors.understanding.patterns import phrases

_TAIL = r"(?: please| pls| thanks| thank you| sir| maam| sorry| for now| this time)*$"
_CANNOT = r"(?:cant|cannot|can not|wont|will not|unable to|no puedo|couldnt|could not)"
_DO_NOT = r"(?:dont|do not|wouldnt|would not)"
_ABOUT = r"(?: about| on| for| of)?"


_NOTHING = (
    r"\bno (?:problem\w*|prob|probs|worries|rush|doubt|kidding|big deal|pressure|matter)\b",
    r"\bnot (?:a problem|only|too bad|bad)\b|\b(?:cant|cannot|can not) (?:wait|complain)\b",
    r"\b(?:dont|do not) (?:forget|worry)\b",
    r"\b(?:dont|wouldnt|not) mind\b|\bwhatever (?:works|is good|is easier)\b",
    r"\bi guess(?: so)?$|\bi guess(?= )",
    r"\bif (?:possible|you can|you dont mind|(?:thats|its) (?:ok|fine)|(?:he|she|they) wants?)",
    r"\b(?:dont|do not) know (?:anyone|anybody|a soul|a single)\b|\bsi (?:no|es|el|la)\b",
)
_WHY_NOT = (r"\bwhy not\b",)
_DOUBT = (
    r"^(?:oh |lol )?(?:yes|yea) right\b|\bas if\b|\bwhatever\b|\bi bet$",
    r"\b(?:not|isnt|arent) (?:\w+ )?sure\b|\bunsure\b|\bidk\b|\bdunno\b|\bno se\b",
    r"\bno (?:idea|clue)\b|\b(?:dont|do not) know$|\bdepends?\b",
)
_ACK = (
    r"\bgot it\b|\bnoted\b|^(?:yes|ok) (?:this is|its|it is|i got|i see|i understand)\b",
    r"^(?:yes|ok) (?:hello|speaking)\b",
    r"^(?:yes|ok) (?:im|i am|we are) (?:here|from|checked in|registered|attending)\b",
)
# Not a no to one person, nor clearly a STOP: somebody must read it.
_ENOUGH = (r"\b(?:no|any) more (?:intro\w*|match\w*|people)\b.*",)
IDIOMS = phrases(
    ("", _NOTHING),
    ("YES", _WHY_NOT),
    ("DOUBT", _DOUBT),
    ("ACK", _ACK),
    ("DOUBT", _ENOUGH),
)

_NOT_NOW = (
    r"\b(?:maybe |just )?not (?:just |right |for )?now\b",
    r"\bnot (?:at|for) (?:the|this) (?:moment|time)\b",
    rf"\b{_CANNOT}(?: \w+){{0,3}} (?:right now|now|at the moment|atm|yet|until|till?)\b",
    rf"\b{_CANNOT} (?:talk|chat)$",
    r"\b(?:ahora|ahorita|por ahora|hoy) no\b|\bno(?: \w+){0,3} (?:ahora|ahorita)\b",
)
_NO = (
    r"\bnot (?:\w+ )?interested(?: in)?\b|\bno (?:longer interested|interest)(?: in)?\b",
    r"\buninterested\b|\bno me interesa\b|\b(?:no quiero|nel)\b|^paso\b",
    rf"\b{_DO_NOT} (?:really )?think (?:so|thats|its|this|that|he|she|we|i|it)\b",
    rf"\b{_DO_NOT} (?:really )?(?:want|care|wish|need)\b(?! to miss)(?: to)?(?: meet)?",
    r"\bnot (?:for (?:me|us)|an? (?:\w+ )?(?:fit|match)|this (?:time|one)|today|really)\b",
    r"\bnot (?:necessary|needed|likely|happening|a chance|looking|comfortable|doing \w+)\b",
    r"\bnot my (?:\w+ )?(?:thing|cup of tea|style|jam|bag|area|line)\b|\bno way$|\bwithout me\b",
    r"\bnot (?:gonna|going to) (?:make|happen|do|be|come|work|meet)\b(?: it)?|\bprefer not\b",
    r"\b(?:count me|im|leave me) out$|\bsit (?:this|that|it)(?: one)? out\b|\bthumbs down\b",
    r"\brather not\b|\bno (?:thanks|thank you|gracias|can do|need)\b|\bhard (?:pass|no)\b",
    r"\b(?:ill|i will|i would|id|gonna|going to|have to|ima) (?:\w+ )?(?:pass|skip)\b(?: on)?",
    rf"^(?:please )?(?:pass|skip|decline)(?=$| on| it| this| that| for| \d){_ABOUT}|\bi decline\b",
    rf"^(?:no )?(?:thanks )?(?:im|i am|we are) (?:good|all set|set|ok|fine|covered){_TAIL}",
    r"\ball set$|\b(?:maybe|probably|definitely|certainly|absolutely|of course) not\b",
    rf"\b{_CANNOT} (?:make|come|do|meet|be there)\b(?: it| that)?|^not (?=\d)",
    r"\b(?:neither|none|ninguno)\b(?: one)?(?: of (?:them|these|those|the (?:two|three)))?",
    r"^(?:yes|sure|ok) no\b|\bno to\b|\bno es para mi\b",
)
REFUSALS = phrases(
    ("LATER", _NOT_NOW),
    ("NO", _NO),
)
