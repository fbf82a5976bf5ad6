"""Every reason that `normalize` can give has a German wording: the reasons are read off the code itself.

Reasons reach a `Doubt` through variables, fields, tuples, tables and the values of functions, so the reader below
follows those by name. It errs on the side of too much, and a `Doubt` whose reason it cannot find fails the test.
"""

import ast
import re
import tomllib
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flows.reasons import german, german_field
from normalize.durations import read_duration
from normalize.model import Duration, Listing
from normalize.offer import to_offer
from normalize.places import read_place

ROOT = Path(__file__).parents[2]
DATA: dict[str, dict[str, str]] = tomllib.loads((ROOT / "flows" / "reasons.toml").read_text(encoding="utf-8"))
WORDINGS = {**DATA["normalize"], **DATA["other_rooms"]}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NUMBER, PUBLISHED = "12", "'Musterweg 1'"  # what stands in a hole of an f-string whose value the code does not tell
SAME_IN_BOTH = set(
    re.findall(r"\w+", "in was name rate status private e mail online nrw bildungsscheck bildungsprämie")
)


class Scope(NamedTuple):
    """Where a name holds: a module and its outermost function or method ("" outside of one)."""

    module: str
    function: str


Flow = tuple[Scope, ast.expr]
Steps = tuple[int | str, ...]  # which element of a tuple or table, and which of that one
DEEPEST = 4  # steps


class Code:
    """What flows into each variable, field, parameter and return value of some modules, by name."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.trees = {module: ast.parse(source) for module, source in sources.items()}
        self.flows: dict[tuple[Scope, str], list[Flow]] = defaultdict(list)
        self.parameters: dict[tuple[str, str], list[str]] = {}  # of functions, and the fields of classes (".field")
        self.doubts: list[Flow] = []
        self.words: set[str] = set()  # the English words that f-strings put into reasons
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    names = [each.arg for each in (*node.args.args, *node.args.kwonlyargs)]
                    self.parameters[module, node.name] = [name for name in names if name != "self"]
                elif isinstance(node, ast.ClassDef):
                    fields = [ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)]
                    self.parameters[module, node.name] = [f".{field}" for field in fields]
        for module, tree in self.trees.items():
            self._visit(tree, Scope(module, ""))

    def reasons(self) -> set[str]:
        """Each reason, its holes filled; raises ValueError if that of a Doubt is not found."""
        found: set[str] = set()
        for scope, expression in self.doubts:
            said = self.strings(scope, expression) - {""}
            if not said:
                raise ValueError(f"{scope.module}:{expression.lineno}: which reason is {ast.unparse(expression)}?")
            found |= said
        return found

    # --- what flows where ---

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.FunctionDef(name=name) if not scope.function:
                scope = Scope(scope.module, name)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._flow(scope, target, value)
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr() if node.value:
                self._flow(scope, node.target, node.value)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                for each in value.elts if isinstance(value, ast.Tuple | ast.List) else [value]:
                    self._flow(scope, target, each)
            case (
                ast.Return(value=ast.expr() as value)
                | ast.Yield(value=ast.expr() as value)
                | ast.YieldFrom(value=value)
            ):
                self.flows[scope, "return"].append((scope, value))
            case ast.Call():
                self._call(scope, node)
        for child in ast.iter_child_nodes(node):
            self._visit(child, scope)

    def _flow(self, scope: Scope, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case (ast.Tuple(elts=names), ast.Tuple(elts=values)) if len(names) == len(values):
                for name, each in zip(names, values, strict=True):
                    self._flow(scope, name, each)
            case (ast.Tuple(elts=names), _):
                for place, name in enumerate(names):
                    self._flow(scope, name, ast.Subscript(value, ast.Constant(place), ast.Load()))
            case (ast.Name(id=name), _):
                self.flows[scope, name].append((scope, value))
            case (ast.Attribute(attr=field), _):
                self.flows[Scope(scope.module, ""), f".{field}"].append((scope, value))

    def _call(self, scope: Scope, call: ast.Call) -> None:
        name = _called(call)
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if name in ("Doubt", "Issue"):
            reasons = [keywords["reason"]] if "reason" in keywords else call.args[1:2]
            handed_on = name == "Issue" and "doubt.reason" in map(ast.unparse, reasons)
            self.doubts += [(scope, reason) for reason in reasons if not handed_on]
        if name in ("append", "extend", "add", "update") and isinstance(call.func, ast.Attribute):
            for value in call.args:
                self._flow(scope, call.func.value, value)
        for module in self._homes(scope, name):
            parameters = self.parameters[module, name]
            by_name = [(each, keywords[each.lstrip(".")]) for each in parameters if each.lstrip(".") in keywords]
            for parameter, value in [*zip(parameters, call.args, strict=False), *by_name]:
                inside = "" if parameter.startswith(".") else name
                self.flows[Scope(module, inside), parameter].append((scope, value))

    def _homes(self, scope: Scope, name: str) -> list[str]:
        """The modules whose function or class of this name is meant: the own one, else all that have one."""
        homes = [module for module, known in self.parameters if known == name]
        return [scope.module] if scope.module in homes else homes

    def _into(self, scope: Scope, name: str) -> list[Flow]:
        """What flows into a name of this function, else of its module, else of any other module."""
        for place in (scope, Scope(scope.module, "")):
            if flows := self.flows.get((place, name)):
                return flows
        return [flow for module in self.trees for flow in self.flows.get((Scope(module, ""), name), [])]

    # --- which strings an expression may be ---

    def strings(self, scope: Scope, node: ast.expr, *, calls: bool = True) -> set[str]:
        """All strings that the expression, or a part of its value, may be; without `calls` no function is followed."""
        seen: set[tuple[int, Steps]] = set()
        found: set[str] = set()
        waiting: list[tuple[Flow, Steps]] = [((scope, node), ())]
        while waiting:
            (scope, node), path = waiting.pop()
            if (id(node), path) in seen or len(path) > DEEPEST or (isinstance(node, ast.Call) and not calls):
                continue
            seen.add((id(node), path))
            match node:
                case ast.Constant(value=str(text)) if not path:
                    found.add(text)
                case ast.JoinedStr(values=values) if not path:
                    found |= {"".join(parts) for parts in product(*(self._part(scope, part) for part in values))}
                case ast.Name(id=name):
                    waiting += [(flow, path) for flow in self._into(scope, name)]
                case ast.Attribute(attr=field):
                    waiting += [(flow, path) for flow in self._into(scope, f".{field}")]
                case ast.Call(func=ast.Attribute(attr="loads")):
                    found |= _in_data(node, path)
                case ast.Call() if homes := self._homes(scope, _called(node)):
                    for home in homes:
                        waiting += [(flow, path) for flow in self.flows.get((Scope(home, _called(node)), "return"), [])]
                case _:
                    waiting += [((scope, part), within) for part, within in _parts(node, path)]
        return found

    def _part(self, scope: Scope, part: ast.expr) -> list[str]:
        """What may stand in one part of an f-string; a name that the code fills with words stands for all of them."""
        match part:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.FormattedValue(conversion=114):  # !r
                return [PUBLISHED]
            case ast.FormattedValue(value=ast.Name() as name, format_spec=None):
                words = self.strings(scope, name, calls=False)
                self.words |= words
                return sorted(words) or [NUMBER]
        return [NUMBER]


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _parts(node: ast.expr, path: Steps) -> list[tuple[ast.expr, Steps]]:
    """The expressions of which the value of another is made, those at the path only; none for a comparison or a key."""
    match node:
        case ast.Subscript(value=value, slice=ast.Constant(value=int() | str() as place)):
            return [(value, (place, *path))]
        case ast.Call(func=ast.Attribute(attr="get", value=value), args=[key, *default]):
            step = (key.value,) if isinstance(key, ast.Constant) and isinstance(key.value, str) else ()
            return [(value, (*step, *path)), *((each, path) for each in default)]
        case ast.Call(func=function, args=values):
            return [(each, path) for each in ([function.value] if isinstance(function, ast.Attribute) else []) + values]
        case ast.Dict(values=values):  # a step into it is one to a key, or into its items
            return [(each, within) for each in values for within in {path, path[1:]}]
        case ast.Tuple(elts=values) if path and not any(isinstance(each, ast.Tuple | ast.Starred) for each in values):
            return [(each, path[1:]) for place, each in enumerate(values) if place == path[0]]
        case ast.Tuple(elts=values) | ast.List(elts=values) | ast.Set(elts=values) | ast.BoolOp(values=values):
            return [(each, path) for each in values]
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, right=second):
            return [(first, path), (second, path)]
        case ast.Subscript(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
            return [(value, path)]
        case ast.ListComp(elt=value) | ast.SetComp(elt=value) | ast.GeneratorExp(elt=value) | ast.DictComp(value=value):
            return [(value, path)]
    return []


def _in_data(loads: ast.Call, path: Steps) -> set[str]:
    """The strings under a key of the files in `normalize/data` that a call of `tomllib.loads` names."""
    named = {node.value for node in ast.walk(loads) if isinstance(node, ast.Constant)}
    files = [file for file in (ROOT / "normalize" / "data").glob("*.toml") if file.name in named]
    tables: list[dict[str, Any]] = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    found: set[str] = set()
    while path and tables:
        for key, value in tables.pop().items():
            if key == path[-1] and isinstance(value, str):
                found.add(value)
            tables += [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
    return found


NORMALIZE = Code({path.name: path.read_text(encoding="utf-8") for path in (ROOT / "normalize").glob("*.py")})
REASONS = sorted(NORMALIZE.reasons())


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d]+", PLACEHOLDER.sub("", text).lower())) - SAME_IN_BOTH


ENGLISH = {word for english in (*WORDINGS, *DATA["words"]) for word in _words(english)}


# --- the wordings are complete ---


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_normalize_has_a_german_wording(reason: str) -> None:
    wording = german(reason)
    assert wording != reason, "add a line to flows/reasons.toml"
    assert not _words(wording) & ENGLISH


def test_every_word_that_normalize_puts_into_a_reason_is_german_too() -> None:
    units = Duration.model_fields.keys() - {"text"}  # fill "several different numbers of {unit}"
    assert NORMALIZE.words | units <= DATA["words"].keys()
    assert not [word for word in (*DATA["words"].values(), *DATA["fields"].values()) if _words(word) & ENGLISH]


def test_every_line_belongs_to_a_reason() -> None:
    lines = {re.escape(PLACEHOLDER.sub("§", line)).replace("§", ".+?"): line for line in DATA["normalize"]}
    assert not [line for pattern, line in lines.items() if not any(re.fullmatch(pattern, each) for each in REASONS)]


@pytest.mark.parametrize(("english", "wording"), WORDINGS.items())
def test_a_wording_is_a_german_phrase_with_the_same_placeholders(english: str, wording: str) -> None:
    assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(wording))
    assert not _words(wording) & ENGLISH
    assert not wording[:1].islower()
    assert not wording.endswith(".")
    assert len(wording) <= 90


def test_every_field_with_issues_has_a_german_name() -> None:
    source = (ROOT / "normalize" / "offer.py").read_text(encoding="utf-8").replace("{path}", "instances")
    stated = re.findall(r'issues\.(?:keep|add)\(f?"([\w.\[\]{}]+)"', source.replace("[{index}]", ""))
    fields = {field for field in stated if "{" not in field}
    fields |= {"subtitle", "description", "requirements", "target_group", "format"}  # handed on under a variable
    assert {"title", "instances.dates", "instances.sessions.date"} <= fields
    assert not [field for field in fields if german_field(field) == field]
    assert german_field("raw.surprise") == "raw.surprise"


# --- what a steward reads ---


@pytest.mark.parametrize(
    ("reason", "wording"),
    [
        ("no such date", "Kein gültiges Datum"),
        ("3 days are listed, 5 are counted", "Tage einzeln aufgeführt: 3, laut Text aber 5"),
        ("2.5 weeks, but 90 calendar days", "Dauer (Wochen: 2,5) passt nicht zum Zeitraum (Kalendertage: 90)"),
        ("90 minutes of teaching between 8:00 and 8:45", "Zu kurz für 90 Minuten Unterricht: 8:00 bis 8:45 Uhr"),
        ("several different numbers of teaching_units", "Mehrere verschiedene Zahlen (Unterrichtseinheiten)"),
        ("no single exam fee", "Keine eindeutige Gebühr (Prüfung)"),
        ("the postcode is not one of Haltern am See", "Die Postleitzahl gehört nicht zu Haltern am See"),
        ("a second street beside 'Am Markt 1'", "Zweite Angabe (Straße) neben „Am Markt 1“"),
        ('a second city beside "Marl\'s Mitte"', "Zweite Angabe (Ort) neben „Marl's Mitte“"),
        ("not a language we know: {0}", "Unbekannte Sprache: {0}"),  # published text is no template
        ("not a language we know: a\nb", "Unbekannte Sprache: a\nb"),
    ],
)
def test_numbers_and_names_are_kept(reason: str, wording: str) -> None:
    assert german(reason) == wording


@pytest.mark.parametrize("reason", ["", "something new", "Not read", "the postcode is not one of ", "no title {x}"])
def test_an_unknown_reason_is_returned_unchanged(reason: str) -> None:
    assert german(reason) == reason


def test_long_published_text_costs_no_time() -> None:
    hostile = "not quite a reason: " + " in 1, but 2 between 3 and 4 " * 40
    assert german(hostile) == hostile


def test_issues_of_real_readers_are_told_in_german() -> None:
    duration = read_duration("bis zu 3 Monate")
    place = read_place("VHS", postcode="45879", city="Marl")
    assert [german(doubt.reason) for doubt in duration.doubts] == ["Nur eine Grenze oder Spanne, keine feste Zahl"]
    assert [german(doubt.reason) for doubt in place.doubts] == ["Die Postleitzahl gehört nicht zu Marl"]
    issues = to_offer(Listing(source="hbz", ref="1", title=None, fetched_at="gestern"), kind="provider").issues
    assert {german(issue.reason) for issue in issues} == {"Kein Titel", "Zeitangabe nicht lesbar"}


# --- the reader of the code finds what it should ---


@pytest.mark.parametrize(
    "source",
    [
        "Doubt(raw, 'x')",
        "Doubt(raw=raw, reason='x')",
        "Issue(field='f', raw=raw, reason='x')",
        "Doubt(raw, 'x' if raw else 'x')",
        "reasons: list[str] = []\nreasons.append('x')\n[Doubt(raw, each) for each in reasons]",
        "reasons = []\nreasons += ['x']\nfor each in reasons: Doubt(raw, each)",
        "def why(): return 'x'\nDoubt(raw, why())",
        "def whys():\n yield 'raw', 'x'\n[Doubt(raw, why) for raw, why in whys()]",
        "def both(): return 1, [('piece', 'x')]\nvalue, failed = both()\n[Doubt(raw, why) for piece, why in failed]",
        "TABLE = {'key': 'x'}\nDoubt(raw, TABLE[kind])\nDoubt(raw, TABLE['key'])",
        "TABLE = {'key': 'x'}\ndef f(): return next((why for key, why in TABLE.items()), 'x')\nDoubt(raw, f())",
        "class Choice:\n amount: int\n reason: str\nchoice = Choice(1, 'x')\nDoubt(raw, choice.reason)",
        "draft.unclear = 'x'\nDoubt(raw, draft.unclear)",
        "def doubt(raw, why): return Doubt(raw, why)\ndoubt('raw', 'x')",
        "PAIRS = (('a', 'x'), ('b', 'x'))\nfor name, why in PAIRS: Doubt(raw, why)",
    ],
)
def test_reasons_are_found_whatever_way_they_take(source: str) -> None:
    assert Code({"m": source}).reasons() == {"x"}


def test_holes_are_filled_with_the_words_of_the_code() -> None:
    code = Code({"m": "for unit in ('days', 'weeks'): Doubt(raw, f'{number:g} {unit}, but {span} and {held!r}')"})
    assert code.reasons() == {f"12 {unit}, but 12 and 'Musterweg 1'" for unit in ("days", "weeks")}
    assert code.words == {"days", "weeks"}


def test_reasons_of_other_modules_are_found() -> None:
    code = Code({"a": "def why(): return 'x', 'y'", "b": "from a import why\none, two = why()\nDoubt(raw, two)"})
    assert code.reasons() == {"y"}


def test_a_reason_that_cannot_be_found_fails() -> None:
    with pytest.raises(ValueError, match="m:1: which reason is unknown"):
        Code({"m": "Doubt(raw, unknown)"}).reasons()
