"""The queue page: what is open, in which order, filtered."""

from fastapi.testclient import TestClient


def test_the_queue_shows_every_open_pair_and_the_figures(eva: TestClient) -> None:
    page = eva.get("/queue")
    assert page.status_code == 200
    assert page.text.count('<span class="facts">') == 6
    assert "Gabelstapler 100 Kompaktkurs" in page.text


def test_a_filter_leaves_what_one_side_fulfils(eva: TestClient) -> None:
    assert eva.get("/queue", params={"source": "alpha"}).text.count('<span class="facts">') == 6
    assert "Zu diesem Filter ist nichts offen." in eva.get("/queue", params={"source": "gamma"}).text
