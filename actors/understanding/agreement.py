"""Owns the phrases that agree, and the bare words for yes and no; pure.

They come after every other phrase, so that a refusal is never read as its opposite.
"""

from actors.understanding.patterns import phrases

_FINE = (
    r"(?:good|great|perfect|fun|awesome|amazing|interesting|fine|nice|excellent|cool|lovely"
    r"|wonderful|fantastic|helpful|like a plan|like fun)"
)
_MEETING = r"(?:meet|connect|talk|chat|say hi|do (?:it|that|this)|be introduced|link up|know)"
_CONTACT = r"(?:information|number|contact|details|card|cell|digits|email|phone)"
_INTRO = r"(?:intro|introduction|intros|introductions)"
_VERY = r"(?:so |really |very |pretty |totally |definitely |absolutely )*"
_A_YES = (
    r"(?:yes|sure|surely|absolutely|definitely|certainly|totally|indeed|affirmative|si|sip|simon"
    r"|claro|vale|dale)"
)
# What may stand before a yes or a no at the start of a clause, and after a no.
_BEFORE = (
    r"(?:(?:oh|ok|um|uh|well|hi|hey|hello|and|but|so|hmm|actually|haha|lol|thanks|wow|ah|then|hola"
    r"|ay|pues|hell|heck|omg|also|yo|please|i said|i meant|i mean|i say|its a|thats a|reply|answer"
    r"|my answer is) )*"
)
_AFTER_NO = (
    r"(?=$| (?:[A-Z]+|\d+|no|thanks|thank|please|sir|maam|not|i|im|we|he|hes|she|shes|they|its|it"
    r"|sorry|and|but|for|number|gracias|because|dont|cant|to|on|senor|man|bro|way|only|just)\b)"
)
_A_PRAISE = r"(?:great|perfect|awesome|cool|fine|excellent|bueno|perfecto)"
_AFTER_PRAISE = r"(?=$| (?:[A-Z]|thanks|please|idea|news|stuff|sir|man|and|then|gracias))"
_AFTER_OK = (
    r"(?=$| (?:[A-Z]+|\d+|thanks|thank|cool|great|good|perfect|i|ill|lets|sounds|but|and|we|that"
    r"|sir|maam|man|send|will|for|to|with|if|number|make|when|where|give|tell|have)\b)"
)

_YES = (
    rf"\b(?:sounds?|looks?) {_VERY}{_FINE}(?: to me)?",
    rf"\b(?:(?:that|it|this) (?:would|will) be|thatd be|would be) {_VERY}{_FINE}\b",
    r"\blets (?:do|go|meet|connect|talk|chat|link|make|set)\b(?: (?:it|this|that|up))*",
    rf"\b(?:im|i am|we are|count (?:me|us)) {_VERY}in(?=$| (?:for|on|please|thanks|\d))",
    rf"\b(?:im|i am|we are) {_VERY}(?:down(?! (?:at|in|by|the))|game)\b",
    rf"\b(?:im|i am|we are|be) {_VERY}up for (?:it|that)\b",
    rf"(?:^|\b(?:im|am|are|be) ){_VERY}interested(?: in)?\b",
    rf"\b(?:would|id|wed|ill|i|and) {_VERY}(?:love|like|want) to {_MEETING}\b(?: with)?",
    rf"\b(?:would|id|wed) {_VERY}(?:love|like) (?:to$|that\b|it\b|this\b|an? {_INTRO}\b)",
    rf"^(?:love|want) to(?:$| {_MEETING}\b)|\blove to {_MEETING}\b",
    r"\b(?:id|i would|would|ill) (?:be )?(?:happy|glad|honored|down) to\b",
    rf"\b(?:happy|glad|excited|eager|keen) to(?: {_MEETING}\b|$)|\bforward to (?:it|meeting)",
    r"\b(?:connect|introduce|intro|hook) (?:us|me|him|her|them)\b(?: up)?",
    rf"\bmake the (?:{_INTRO}|connection)\b|^(?:an? |the )?{_INTRO}(?: please)?$",
    rf"\b(?:want|take|like|get) (?:an?|the|that|both) {_INTRO}\b|\bset (?:it|us|that) up\b",
    r"\b(?:would be|itd be|its|be|my|with) (?:an |a |my )?(?:honor|honour|pleasure)\b|\bgladly\b",
    r"\b(?:sign me up|by all means|all for it|i want in|worth a shot|(?:cant|couldnt) hurt)\b",
    r"\b(?:hook|set) (?:it|us|me) up\b|^do it\b|^deal$|^roger\b|\bthatd work\b|\ball in$",
    r"\bgo (?:ahead|for it)\b|\bmake it happen\b|\bplease do$|\byou bet\b|^send it\b",
    rf"\b(?:send|share|give|text|shoot) (?:me |us |him |her |them )?\w+ {_CONTACT}\b",
    r"\b(?:that|this|it) works\b|\bworks (?:for me|great|fine|well|perfectly)\b",
    r"\b(?:good|fine|ok|cool) (?:by|with) (?:me|that|it)\b|\bfor sure\b|\bof course\b",
    r"\bme (?:interesa|gustaria|encantaria)\b(?: conocer\w*)?|\bquiero conocer\w*",
    r"\b(?:con gusto|por supuesto|de acuerdo|esta bien|claro que si)\b",
    r"\b(?:said|meant|mean|says?|a|is|reply|answer|definite|big) yes(?=$| but)",
)
_GOING = (
    r"\b(?:omw|on (?:my|the) way|heading (?:over|there|down)|be (?:right )?(?:there|over))\b",
    r"\b(?:coming|see (?:you|him|her|them) there|voy|im here)\b(?: over| now)?",
)
_BARE_NO = (
    rf"^{_BEFORE}no(?: no)*{_AFTER_NO}|^n$|^never$|^negative\b|(?<=\d )no$",
    r"\b(?:said|meant|mean|say|a|is|reply|answer|definite|big|so|then|but|and) no$",
    r"\bsay no (?:on|to|for)\b|\bni (?:de broma|loco|modo)\b|^para nada$",
)
_BARE_YES = (
    rf"(?:^{_BEFORE}|(?<=\d )){_A_YES}\b(?: (?:yes|sure|please|thing|si))*",
    r"^y(?=$| \d)|^ya(?=$| (?:please|sure|thanks|\d))|^please$|^bet$",
    r"^(?!start|unstop)(?:\w+ ){1,5}yes$|\beither(?: one)?(?: (?:is fine|works))?$",
    r"\bany(?: one)? of (?:them|these|those)\b|^any(?: one)? (?:is fine|works)$",
)
# Less than a yes: they count where an introduction was asked about.
_OK = (rf"^{_BEFORE}ok(?: (?:ok|dokey|please|then))*{_AFTER_OK}",)
_PRAISE = (rf"^{_BEFORE}{_A_PRAISE}{_AFTER_PRAISE}",)
# A "not" that no phrase explains.
_DENIED = (r"\b(?:not|dont|cant|wont|never|isnt|doesnt|wouldnt|shouldnt|cannot|no|nor|nunca)\b",)
AGREEMENT = phrases(
    ("YES", _YES),
    ("GOING", _GOING),
    ("NO", _BARE_NO),
    ("YES", _BARE_YES),
    ("OK", _OK),
    ("PRAISE", _PRAISE),
    ("DENIED", _DENIED),
)
