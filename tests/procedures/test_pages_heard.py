"""Which pages were heard when (H2, I18)."""

from main_controller.procedures.pages_heard import PAGES, PagesHeard


def test_each_page_has_the_moment_at_which_it_was_last_heard() -> None:
    now = [10.0]
    pages = PagesHeard(lambda: now[0])
    pages.heard("p1")
    now[0] = 20.0
    pages.heard("p2")
    now[0] = 30.0
    pages.heard("p1")
    assert (pages.at("p1"), pages.at("p2"), pages.at("p3"), pages.at(None)) == (30.0, 20.0, None, None)


def test_of_too_many_the_longest_unheard_are_forgotten() -> None:
    pages = PagesHeard(lambda: 1.0)
    for number in range(PAGES):
        pages.heard(f"p{number}")
    pages.heard("p0")
    pages.heard("one more")
    assert (pages.at("p0"), pages.at("p1"), pages.at("p2")) == (1.0, None, 1.0)


def test_of_pages_of_those_who_may_order_the_last_is_known() -> None:
    now = [10.0]
    pages = PagesHeard(lambda: now[0])
    assert pages.who_may_order() is None
    pages.heard("p1")
    now[0] = 20.0
    pages.heard("p2", may_order=False)
    assert (pages.who_may_order(), pages.at("p2")) == (10.0, 20.0)
