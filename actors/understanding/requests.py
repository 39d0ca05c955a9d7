"""Owns the phrases that ask for more, or for another time; pure."""

from actors.understanding.patterns import phrases

_THEM = r"(?:him|her|them|this guy|that guy|the guy|these guys|this person|that person|it)"
_A_BIT = r"(?:\d+|a few|few|a couple|couple|five|ten|fifteen|twenty|thirty)"
_PAUSE = r"(?:break|intermission|descanso|pausa)"
_AN_HOUR = r"(?:bit|sec|secs|second|seconds|min|mins|minute|minutes|moment|while|hour|hours|hr|hrs)"
_CONTACT = r"(?:info|information|number|contact|details|card|cell|digits|email|phone)"
_ABOUT = r"(?: about| on| for| of)?"

_THEIRS = (
    rf"(?:(?:his|her|their|this persons|(?!my|our|your)\w+s) (?:\w+ )?"
    rf"|the (?:best |phone |cell )?){_CONTACT}"
)
_REACH = (
    r"(?:reach|contact|call|text|find|message|email|get to"
    r"|get (?:in touch with|a hold of|ahold of|hold of))"
)
_HAND_OVER = r"(?:send|share|give|text|shoot|tell|have|get|see|pass|provide|email|forward)"
_CONTACT_ASKED = (
    rf"\b(?:whats|what is|wheres|where is|do you have|may i have) {_THEIRS}\b",
    (
        rf"\b(?:can|could|will|would|may|might) (?:you|u|i|we|someone) (?:\w+ )?{_HAND_OVER}"
        rf"(?: me| us| along| over)? {_THEIRS}\b"
    ),
    rf"^(?:his|her|their) {_CONTACT}$",
    rf"\bhow (?:do|can|could|would|will|should) (?:i|we) {_REACH}\b",
    r"\bcual es su (?:numero|telefono|correo|contacto)\b|\bcomo (?:lo|la|los) contacto\b",
)
_OTHER = (r"\b(?:and |so )?(?:whos|who is|what about) the (?:other|second)\b.*|^and the other\b.*",)
_MORE = (
    rf"\btell (?:me |us )?(?:\w+ |a bit |a little )?(?:more|about){_ABOUT}(?: {_THEM})?",
    rf"\b(?:know|learn|hear|see|say) (?:a bit |a little |some )?more{_ABOUT}\b",
    rf"\bmore (?:information|details?|background|about|on|please){_ABOUT}|^more\b(?! than| or)",
    rf"^(?:some |any )?(?:details|information){_ABOUT}(?: {_THEM}| \d|$)|\bgo on$",
)
_WHAT = (
    r"\b(?:whats|what is) (?:this|it|that) (?:about|for|regarding|all about)\b|\bbackground\b",
    r"\bwhy (?:should|would) (?:i|we) (?:meet|know|talk|care|want)\b.*|\b(?:elaborate|explain)\b",
    r"\bwho (?:am|would|will|do|should) (?:i|we) (?:be )?(?:meet|meeting|talking|getting)\b.*",
    r"\bwho the \w+ (?:is|are) \w+|\bwhat (?:would|will|could) we\b.*|\bwhats in it for\b",
    r"\bwhat (?:size|trade|industry|field|business|line of work|city|state|market)\b.*",
)
_WHO = (r"\b(?:whos|who is|who|whose) (?:this|that|dis|dat|it)\b(?! from| texting| sending)|^who$",)
_ABOUT_THEM = (
    r"\b(?:whos|who is|who are|who) (?:he|she|they|these|those|him|her|them)\b",
    r"^(?:and )?(?:whos|who is) (?!you|here|on|in|at|the|your|ready|\w+ing\b)(?=\w)",
    r"\bwhat(?:s| does| do| is| are| did) (?:he|she|they|his|her|their)\b.*",
    r"\bwhat does (?=\w+ do$)",
    r"\b(?:what|which) (?:company|(?:kind|type|sort) of (?:work|business|company|trade))\b.*",
    r"\bwhere(?:s| is| are| do| does) (?:he|she|they) (?:from|based|located|out of|work)\b.*",
    r"^(?:is|are|does|do) (?:he|she|they) (?!here|there|free|coming|ok)\w+.*",
    r"\bwhy (?:him|her|them|us|are we)\b|\bhow (?:big|many \w+) (?:is|are|does) (?:he|she|they)",
    r"\bquien(?:es)? (?:es|son)\b|\ba que se dedica\b|\bque hace\b",
    r"\b(?:dime|cuentame|saber|digame) mas\b|\bmas (?:information|info\w*|detalles)\b",
)
_BYE = (r"\b(?:see|talk to|catch) (?:you|ya) later\b",)
_LATER = (
    r"\b(?:maybe )?later(?: on)?\b|^(?:im |i am |were |too |\w+ )?busy\b|\bswamped\b",
    r"\bafter (?:the |this |that |my |our |a |next )*(?:\w+ )?(?:break|lunch|keynote|session)\b",
    r"\bafter (?:the |this |that |my |a )*(?:talk|panel|workshop|meeting|call|event|speaker)\b",
    r"\bafter (?:\d+|i\b|we\b|im\b|this$|that$|work\b|hours\b|dinner\b)",
    rf"\b(?:at|during|on|en|next) (?:the |our |a |el |la )?(?:\w+ )?{_PAUSE}\b",
    rf"\b(?:give me|gimme|need) (?:like |about |just |another )?(?:an? |{_A_BIT} ){_AN_HOUR}\b",
)
_PUT_OFF = (
    r"\b(?:hold|hang) off\b|\bget back (?:to|with) (?:you|u|me)\b|\bcircle back\b|\bfollow up\b",
    r"\bwait (?:til|till|until)\b(?: \d+)?|\bhit me (?:back|up)\b|\bocupad[oa]\b|\bestoy en\b",
    r"\bafter (?:the|my|our|this|that|his|her) (?!party)\w+\b",
    r"\b(?:when|once) (?:im|i am|i get|this)\b",
    r"\bim (?:presenting|speaking|eating|driving|on stage|tied|stuck|running (?:late|behind))\b",
    r"\bin (?:class|sessions?|meetings|traffic|line)\b",
    r"\blets wait\b|\b(?:unti|til)l? \d+\b|\bask then\b",
    r"\b(?:give me|gimme|need) a (?:few|bit|sec)$|\bonce (?:the|this|my|i|we|its|things)\b",
    r"\bwhen (?:the|this|my) (?:\w+ ){1,2}(?:over|done|ends|wraps|finishes|finished)\b",
    r"\bin the middle of\b|\bstuck (?:in|on|at|with)\b|\bstill (?:in|at|on)\b",
)
_GOING = (r"\bbe (?:right )?(?:there|over)(?: in .*| soon| shortly)?$",)
_SOON = (
    r"(?<!free )(?<!available )\bright now$",
    rf"\bin (?:like |about |another )*{_A_BIT} (?:more )?{_AN_HOUR}\b",
)
_WAIT = (
    rf"\bin (?:a|an) (?:little )?{_AN_HOUR}\b|\b(?:one|just a) (?:sec|second|min|minute|moment)\b",
    r"\b(?:tied up|slammed|driving|hold on|hang on|rain ?check|remind me|check back|brb|ttyl)\b",
    r"\b(?:in|on) an? (?:\w+ )?(?:meeting|session|call|class|workshop|panel)\b",
    r"\b(?:some )?(?:an)?other time\b|\bnext (?:time|week|year)\b|\b(?:ask|try) (?:me )?again\b",
    r"\btomorrow\b|\btonight\b|\bthis (?:afternoon|evening)\b|\bend of (?:the )?day\b|^wait$",
    r"\b(?:mas tarde|luego|despues|al rato|en un rato|otro (?:dia|momento)|manana)\b",
)
_DOUBT = (r"\b(?:maybe|perhaps|possibly|might|unless|if|quizas?|tal vez)\b",)
REQUESTS = phrases(
    ("ASKED", _CONTACT_ASKED),
    ("OTHER", _OTHER),
    ("MORE", _MORE),
    ("MORE", _WHAT),
    ("WHO", _WHO),
    ("MORE", _ABOUT_THEM),
    ("GOING", _GOING),
    ("BYE", _BYE),
    ("LATER", _LATER),
    ("LATER", _PUT_OFF),
    ("SOON", _SOON),
    ("LATER", _WAIT),
    ("DOUBT", _DOUBT),
)
