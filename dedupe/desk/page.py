"""One page of the desk, as `pages/__init__.py` lists it."""

from dataclasses import dataclass

from fastapi import APIRouter


@dataclass(frozen=True)
class Page:
    """The routes of a module; with a `label` the navigation leads to the route named `route`."""

    router: APIRouter
    route: str
    label: str | None = None
