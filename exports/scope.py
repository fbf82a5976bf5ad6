"""What belongs on the portal: vocational training in the region. The rest is kept in the warehouse and counted."""

from collections.abc import Collection

from pydantic import BaseModel

from exports.lifecycle import is_withdrawn
from normalize.model import Course, Member, Provider, Scope


class Outline(BaseModel):
    """What of a course tells whether its provider is of the region; the first of two readings needs no more."""

    course_id: str
    provider: Provider | None = None
    scope: Scope = Scope()
    members: tuple[Member, ...] = ()


def left_out(course: Course, online_providers: Collection[str]) -> str | None:
    """Why a course is not published, or None if it is.

    Left out are courses that are surely not vocational, those outside the region, and online courses of providers
    that are neither regional nor allow-listed (`online_providers` holds the keys of both).
    """
    if course.scope.vocational == "no":
        return "not_vocational"
    if course.scope.regional == "out":
        return "out_of_region"
    if course.scope.regional == "online" and (course.provider is None or course.provider.key not in online_providers):
        return "online_from_elsewhere"
    return None


def regional_provider(course: Outline) -> str | None:
    """The key of the course's provider if the course takes place in the region and is still offered."""
    if course.provider is None or course.scope.regional != "in" or is_withdrawn(course.members):
        return None
    return course.provider.key
