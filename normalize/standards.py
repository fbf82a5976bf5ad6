"""Norms, paragraphs of law and welding processes named in a title, each in one spelling."""

import re

from normalize.titletext import TitleText

# "DIN EN ISO 9606-1" and "ISO 9606-1" are one standard, so only the innermost body is kept.
_INNERMOST = ("ISO", "IEC", "VDE", "EN", "DIN")
_NORM = re.compile(
    r"(?<!\w)(?P<body>(?:DIN|EN|ISO|IEC|VDE|VDI|DVS|DGUV|TRGS|TRBS|DVGW|ASR|BGV|BGG|UVV|ASME|AWS|SCC)®?"
    r"(?:[ /-]+(?:EN|ISO|IEC|TS|DIN|VDE|EWF|IIW|Vorschrift|Grundsatz|Information|Regel|V|Richtlinie|Merkblatt)"
    r"(?:\b|(?<=V)(?=\d)))*)"
    r"[ -]*(?P<numbers>\d{1,6}(?:-\d{1,4})*(?::20\d\d)?(?:\s?/\s?\d{4,6}(?:-\d{1,3})?)*)(?!\d|\s?(?:€|Euro))"
)
_WELDERS_NORM = re.compile(r"(?<![\d.,])9606(?:-\d)?(?!\d)")
_LAW = (
    r"(?:SGB(?:\s?[IVX]+)?|Gew[Oo]|HwO|StVZO|StVO|FeV|BetrVG|AufenthG|ArbSchG|ASiG|BetrSichV|GefStoffV|ChemVerbotsV|SprengG|"
    r"WaffG|TierSchG|IfSG|KrWG|WHG|BImSchG|BKrFQG|BBiG|UStG|EStG|StrlSchG|StrlSchV|BtMG|PflBG|WEG|MaBV|BDSG|GwG|BGB|HGB)"
)
_SECTION = r"\d{1,3}\s?(?:[a-z]|[A-D](?![A-Za-zäöü]))?(?![a-zäöü])"
_PARAGRAPH = re.compile(
    rf"§§?\s*(?P<sections>{_SECTION}(?:\s*(?:,|und|/|\+|&)\s*§?\s*{_SECTION})*)"
    rf"(?:\s*(?:Abs(?:atz|\.)?|Satz|S\.|Nr\.)\s*\d+[a-z]?)*(?:\s*(?P<law>{_LAW})(?!\w))?"
)
# Two numbers are known without their sign: guards and care assistants.
_GUARD = re.compile(r"(?<![\w§])34\s?a(?!\w)(?:\s*(?P<law>GewO))?")
_GUARD_CONTEXT = re.compile(r"sachkunde|unterrichtung|gewo|sicherheit|bewach|wach|schein")
_CARE = re.compile(r"(?<![\w§])(?P<section>43\s?b|53\s?[bc]|87\s?b)(?!\w)(?:,?\s*(?P<law>SGB\s?XI))?")
_CARE_CONTEXT = re.compile(r"betreuung|alltagsbegleit|praesenzkraft|sgb|pflege")

_WELDING = re.compile(r"schweiss|\bdvs\b|9606|\bwig\b|\bmag\b.*\b13[5-8]\b|e hand")
# ISO 4063; without a number the word stands for the common variant, which a number in the title then makes exact.
_PROCESS_NUMBER = re.compile(
    r"(?<![\w.,-])(?:111|114|12[1-5]|13[1-8]|14[1235]|15|311|783)(?!\w|[%€]|[.,]\d|\s?(?:€|Euro|U?-?Std|UE|Stunden))"
)
_PROCESS_WORDS = (
    ("111", re.compile(r"(?<!\w)(?:E-?Hand|Elektro-?hand|Lichtbogen-?hand|LBH|E(?=-Schwei))", re.IGNORECASE)),
    (
        "135",
        re.compile(r"(?<!\w)(?:MIG\s?/\s?MAG|MAG\s?/\s?MIG|MSG|MAGM?|Metall-?Aktivgas)(?![a-zäöü])", re.IGNORECASE),
    ),
    ("131", re.compile(r"(?<!\w)(?:MIG|Metall-?Inertgas)(?![a-zäöü])", re.IGNORECASE)),
    ("141", re.compile(r"(?<!\w)(?:WIG|TIG|Wolfram-?Inertgas)(?![a-zäöü])", re.IGNORECASE)),
    ("311", re.compile(r"(?<!\w)(?:Gas(?=-?schwei|\s+und\s+E)|Autogen(?=-?schwei)|G(?=-Schwei))", re.IGNORECASE)),
)


def take_norms(text: TitleText) -> tuple[str, ...]:
    """The norms ("ISO 9606-1", "DGUV Vorschrift 3") and paragraphs ("§34a GewO") of a title, cut out of it."""
    found: set[str] = set()
    for match in text.take(_NORM):
        body = _body(match["body"])
        found.update(f"{body} {number.split(':')[0].strip()}" for number in match["numbers"].split("/"))
    for match in text.take(_PARAGRAPH):
        for section in re.findall(r"\d{1,3}\s?[a-zA-D]?(?![a-z])", match["sections"]):
            found.add(_paragraph(section, match["law"]))
    if _GUARD_CONTEXT.search(text.context):
        found.update(_paragraph("34a", match["law"]) for match in text.take(_GUARD))
    if _CARE_CONTEXT.search(text.context):
        found.update(_paragraph(match["section"], match["law"]) for match in text.take(_CARE))
    if _WELDING.search(text.context):
        found.update(f"ISO {match[0]}" for match in text.take(_WELDERS_NORM))
    return tuple(sorted(found))


def take_processes(text: TitleText) -> tuple[str, ...]:
    """The welding processes of a title as numbers of ISO 4063, in a context of welding only; cut out of it."""
    if not _WELDING.search(text.context):
        return ()
    numbers = {match[0] for match in text.take(_PROCESS_NUMBER)}
    for number, pattern in _PROCESS_WORDS:
        if text.take(pattern) and not any(known[:2] == number[:2] for known in numbers):
            numbers.add(number)
    return tuple(sorted(numbers))


def norms_differ(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two titles name different norms of the same kind (standards with standards, law with law).

    A norm without its part fits every part of it ("ISO 9606" and "ISO 9606-1"), a section without its law every law.
    """
    for kind in {_kind(norm) for norm in a} & {_kind(norm) for norm in b}:
        left = [norm for norm in a if _kind(norm) == kind]
        right = [norm for norm in b if _kind(norm) == kind]
        covered = all(any(_fit(x, y) for y in right) for x in left) and all(
            any(_fit(x, y) for x in left) for y in right
        )
        if not covered:
            return True
    return False


def _body(published: str) -> str:
    words = published.replace("®", "").replace("/", " ").replace("-", " ").split()
    for body in _INNERMOST:
        if body in words:
            return body
    if words[0] == "DGUV":
        return "DGUV Vorschrift" if words[-1] in ("V", "DGUV") else f"DGUV {words[-1]}"
    return words[0]


def _paragraph(section: str, law: str | None) -> str:
    name = f"§{section.replace(' ', '').lower()}"
    return f"{name} {' '.join(re.sub(r'SGB', 'SGB ', law.replace('Gewo', 'GewO')).split())}" if law else name


def _kind(norm: str) -> str:
    if norm.startswith("§"):
        return "§"
    body = norm.rsplit(" ", 1)[0]
    return "standard" if body in _INNERMOST else body


def _fit(a: str, b: str) -> bool:
    if a.startswith("§"):
        (first, _, law), (second, _, other) = a.partition(" "), b.partition(" ")
        return first == second and (not law or not other or law == other)
    first, second = a.rsplit(" ", 1)[1], b.rsplit(" ", 1)[1]
    return first == second or first.startswith(f"{second}-") or second.startswith(f"{first}-")
