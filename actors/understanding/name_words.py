"""Owns the first names that are words of their own as well; pure."""

from actors.understanding.patterns import word_set

# First names that are words as well: they are names only where a name stands, capitalised.
ALSO_WORDS = word_set(
    "will mark may grace art hope bill rich frank grant dean rob sue pat chance guy ray max joy"
    " faith drew chase miles rod cliff heath brook dawn eve summer autumn april june august lane"
    " wade mason cooper hunter tanner carpenter stone clay colt buck buddy bud chip duke earl gene"
    " glen major marshall norm page penny price reed rocky rose ruby rusty sandy sonny star"
    " sterling angel ace carol case crystal daisy dick dot ford forest ginger gray hazel holly ivy"
    " jade jack jewel job jean justice king lance lily lucky mercy melody pearl peg pierce piper"
    " prince randy river robin royal sage sky ted trinity trust victor ward win young van sunny"
    " josh nick tom baker carter porter mac jay harry bob don stew wood woody precious true"
    " see long can happy love best good small day"
)
# Names that are an answer too: they are names only behind "to", "with", "about" ….
ALSO_ANSWERS = word_set(
    "skip dale vale simon claro al an do ty my so no be si ya yo la el de me in on or at as more"
    " later yes pass bye test home call info help start stop end one all both"
)
