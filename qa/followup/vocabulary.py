"""Words that tell the parts of an English question apart: of closed classes, common verbs, names of countries.

All are in lower case, with the straight apostrophe.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BE = _words("am are is was were isn't aren't wasn't weren't")
AUXILIARIES = BE | _words(
    """
    be been being can can't cannot could couldn't did didn't do does doesn't don't had hadn't has hasn't have
    haven't may might must shall should shouldn't will won't would wouldn't
    """
)
"""What a question with a verb begins with, or has after its question word."""

PLURAL = {"is": "are", "was": "were", "does": "do", "has": "have"}
"""Auxiliaries, and their form before several things."""

ASKING = _words("how what what's when when's where where's which who who's whom whose why why's")

DETERMINERS = _words(
    "a an the this that these those any some each every all both no another other others such same either neither "
    "my your our his her its their"
)
POINTING = _words("this that these those such")

PREPOSITIONS = _words(
    """
    about above across after against along among around as at before behind below beside besides between beyond by
    despite during except for from in inside into like near of off on onto out outside over per regarding since than
    through throughout to toward towards under until up upon versus via vs with within without
    """
)
INSIDE_PHRASES = _words("of for on in between against with by from to at about")
"""What ties two noun phrases to one, where a verb follows."""

CONJUNCTIONS = _words("and or but nor so because although though if unless while whereas whether that when then also")
CLAUSES = CONJUNCTIONS - {"or", "and", "then", "also"}

PRONOUNS = _words(
    """
    anybody anyone anything everybody everyone everything he he'd he's her here hers herself him himself his i i'd
    i'll i'm i've isn't it it'll it's its itself let's me mine my myself nobody nothing one ones our ours she she'd
    she's somebody someone something that that's their theirs them themselves there there's these they they'd
    they're they've this those us we we're we've you you're you've your yours
    """
)

ADVERBS = _words(
    """
    actually again ago ah aha already also always away back besides currently else ever exactly far few first
    furthermore generally great hello here hi hmm how however indeed instead just later least less many maybe more
    moreover most mostly much never no not now often oh ok okay once only originally overall perhaps please probably
    quite rather really recently right since so sometimes soon still sure thanks then there though thus today
    together tomorrow too typically usually very well wow yes yesterday yet
    """
)

ADJECTIVES = _words(
    """
    able advisable allowed appropriate available bad best better big biggest certain cheap clear common complicated
    convenient correct dangerous different difficult easier easiest easy effective enough expensive fast free good
    great greatest hard hereditary high highest important large largest legal likely long longer longest low lowest
    mandatory many more most much necessary new old older oldest own popular possible required right safe safer same
    short significant similar small smallest stressful sudden sure tall tallest terrible true typical useful worse
    worst worth wrong
    """
)
"""What says how something is: alone it is no subject."""

GENERIC = _words(
    """
    advantage advantages amount answer area aspect aspects benefit benefits case cases categories category cause
    causes con cons cost costs date day days definition description detail details difference differences
    disadvantage disadvantages example examples fact facts feature features group history idea information item
    items kind kinds level list lot lots main meaning method methods month months name names number option options
    overview part parts people percentage person place pro process purpose question questions reason reasons
    regulations requirement requirements result results risk risks role rule rules similarities similarity sort
    sorts source sources stage stages step steps story summary term terms thing things time times tip tips today
    topic type types use uses value values way ways week weeks word words year years
    """
)
"""Nouns that say what is asked about something: the subject is what follows them."""

LY_NOUNS = _words("ally anomaly assembly butterfly family fly italy july monopoly reply rally supply")

EMPTY = _words("different certain possible similar more many much most various several own")
"""Adjectives that say nothing of what a thing is."""

LEADS = _words("and so but ok okay well oh also then now no yes aha great thanks hmm right or plus")
"""What a follow-up may begin with; where a subject is carried over, they go."""

NO_SUBJECTS = ADJECTIVES | GENERIC
"""What is no subject alone."""

CATEGORIES = _words(
    """
    agency agreement area article association author bank bill book brand building business campaign case chapter
    city club committee company conference conflict contract corporation country court deal department director
    disease document event film firm game government group guy institute institution island language law leader man
    market ministry monument movement movie museum nation novel office operation organisation organization paper
    party person place plan play player policy politician president product program programme project province
    region report river school series service show singer song species sport state story strategy studio study
    system team technology town treaty university village war woman writer
    """
)
"""Nouns that a name may be called by: this company, that river."""

THINGS = _words(
    """
    act agency all american army association authority bank bay bowl british cards centre center chinese coast college
    committee council court cup east eastern european french german house independence indian international islands
    lake life mills mount mountains national new north northern old park peace plan red river road russian sea service
    services south southern stadium star state states steel street super supreme system treaty union united university
    valley war west western white world
    """
)
"""Words in the names of what is no person."""

TITLES = _words(
    "mr mrs ms dr prof professor president minister secretary ambassador general colonel captain lord lady sir king "
    "queen prince princess pope senator chairman chancellor judge justice st"
)

MONTHS = _words(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday spring summer autumn winter"
)

_VERBS = _words(
    """
    accept achieve act add address affect agree aim allow announce answer appear apply argue arrange arrive ask
    attack attempt attend avoid award ban base bear become begin believe belong blame bring build buy calculate call
    cancel cause celebrate censure change charge choose claim close collapse collect come commit compare complain
    complete comply condemn conduct configure connect consider contact contain continue contribute control cost
    cover create criticise criticize cross decide declare deduct define delete deliver demand deny depend describe
    design destroy determine develop die differ direct disagree discover discuss do donate drop earn elect employ
    enable enact end enter establish estimate evaluate exist expect experience explain express extend face fail fall
    feel fight file fill find finish fix follow force forget form found fund gain get give go grow handle happen
    hate have head hear help hire hit hold host hurt identify impact implement import improve include increase
    influence inform inherit install invade invent invest invite involve join judge keep kill know last launch lead
    learn leave let lie like list live locate look lose love make manage manufacture mean measure meet mention miss
    move need negotiate obtain occur offer open operate oppose order organise organize originate own participate
    pass pay perform pick plan play point prefer prepare prevent print process produce prohibit promise propose
    protect prove provide publish pull purchase push put qualify raise reach react read receive recommend record
    recreate recycle reduce refer reflect refuse register regulate reject relate release relocate remain remember
    remove rename repeat replace report represent request require respond rest restrict result retire return rotate
    rule run save say schedule search see seek seem select sell send serve set share show sign sing sit solve spend
    stand start state stay steal stick stop store strike struggle study submit succeed suffer suggest supply support
    suppose survive take talk teach tell think threaten track train transfer travel treat trigger try turn
    understand unify update use view violate visit vote wait walk want warn watch wear win wish wonder work worry
    write
    """
)
_IRREGULAR = _words(
    """
    ate became been began begun bore born bought broke broken brought built came caught chose chosen cut did died
    done drawn drew driven drove eaten fallen fell felt forgot forgotten fought gave given gone got gotten grew
    grown had heard held kept knew known laid lain lay led left lent lost made meant met paid ran read rose said
    sang sat saw seen sent shot shown slept sold spent spoke spoken spread stole stood struck stuck sung swore taken
    taught thought told took understood went won wore worn written wrote
    """
)


def _inflected(verb: str) -> set[str]:
    stem = verb.removesuffix("e")
    third = verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in "aeiou" else verb + "s"
    past = verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeiou" else stem + "ed"
    doubled = verb + verb[-1]
    return {verb, third, verb + "es", past, stem + "ing", verb + "ing", doubled + "ed", doubled + "ing"}


VERBS = frozenset(form for verb in _VERBS for form in _inflected(verb)) | _IRREGULAR

COUNTRIES = frozenset(
    name.strip()
    for name in """
    afghanistan, albania, algeria, andorra, angola, argentina, armenia, australia, austria, azerbaijan, bahamas,
    bahrain, bangladesh, barbados, belarus, belgium, belize, benin, bhutan, bolivia, bosnia, botswana, brazil,
    britain, great britain, brunei, bulgaria, burkina faso, burundi, cambodia, cameroon, canada, cape verde, chad,
    chile, china, colombia, congo, costa rica, croatia, cuba, cyprus, czechia, czech republic, denmark, djibouti,
    dominica, dominican republic, east timor, ecuador, egypt, el salvador, england, equatorial guinea, eritrea,
    estonia, eswatini, ethiopia, european union, eu, fiji, finland, france, gabon, gambia, georgia, germany, ghana,
    greece, grenada, guatemala, guinea, guyana, haiti, honduras, hong kong, hungary, iceland, india, indonesia,
    iran, iraq, ireland, northern ireland, israel, italy, ivory coast, jamaica, japan, jordan, kazakhstan, kenya,
    kiribati, kosovo, kuwait, kyrgyzstan, laos, latvia, lebanon, lesotho, liberia, libya, liechtenstein, lithuania,
    luxembourg, madagascar, malawi, malaysia, maldives, mali, malta, mauritania, mauritius, mexico, micronesia,
    moldova, monaco, mongolia, montenegro, morocco, mozambique, myanmar, burma, namibia, nauru, nepal, netherlands,
    holland, new zealand, nicaragua, niger, nigeria, north korea, north macedonia, norway, oman, pakistan, palau,
    palestine, panama, papua new guinea, paraguay, peru, philippines, poland, portugal, puerto rico, qatar, romania,
    russia, russian federation, rwanda, saint lucia, samoa, san marino, saudi arabia, scotland, senegal, serbia,
    seychelles, sierra leone, singapore, slovakia, slovenia, somalia, south africa, south korea, south sudan, soviet
    union, ussr, spain, sri lanka, sudan, suriname, sweden, switzerland, syria, taiwan, tajikistan, tanzania,
    thailand, togo, tonga, trinidad and tobago, tunisia, turkey, turkmenistan, tuvalu, uganda, ukraine, united arab
    emirates, uae, united kingdom, uk, u.k, united states, united states of america, usa, us, u.s, u.s.a, america,
    uruguay, uzbekistan, vanuatu, vatican, venezuela, vietnam, wales, yemen, zambia, zimbabwe
    """.replace("\n", " ").split(",")
)
