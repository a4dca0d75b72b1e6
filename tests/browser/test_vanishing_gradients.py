"""The gradients page under a mouse: the map that loads a network, training, and the layer under the hand."""

from urllib.parse import parse_qs, urlparse

from playwright.sync_api import expect

from tests.browser.conftest import CHART, Open, settle

SCRUB = f"{CHART} form.vega-bindings input[type=range]"
PAGE = "/vanishing_gradients"


def test_a_click_on_the_map_loads_network_b(open_link: Open) -> None:
    page = open_link(PAGE)
    page.locator(f"{CHART} .mark-text text", has_text="0.028 (0.028)").first.click(force=True)  # sigmoid, N(0, 0.01)
    page.wait_for_timeout(800)
    settle(page)
    link = parse_qs(urlparse(page.url).query)
    assert link["B activation"] == ["sigmoid"]
    assert link["B init"] == ["N(0, 0.01)"]


def test_play_ends_at_the_last_layer(open_link: Open) -> None:
    page = open_link(f"{PAGE}?depth=5")
    play = page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first
    play.check()
    scrub = page.locator(SCRUB).first
    expect(scrub).to_have_value(scrub.get_attribute("max") or "", timeout=10_000)
    expect(play).not_to_be_checked()
    expect(page.get_by_text("A, layer 5:")).to_be_visible()
    scrub.fill("50")  # half of the way
    expect(page.get_by_text("A, layer 3:")).to_be_visible()


def test_the_depth_keeps_the_charts_node(open_link: Open) -> None:
    page = open_link(PAGE)
    page.locator(f"{CHART} .marks").first.evaluate("node => { node.mine = true }")
    for _ in range(3):
        page.locator('[data-testid="stSlider"] input[type=range]').first.press("ArrowRight")
        page.wait_for_timeout(300)
        settle(page)
    assert page.locator(f"{CHART} .marks").first.evaluate("node => node.mine") is True


def test_training_shows_curves_and_a_moved_control_takes_them_away(open_link: Open) -> None:
    page = open_link(f"{PAGE}?tab=Training&depth=5&width=32")
    page.get_by_role("button", name="Train A and B").click()
    page.get_by_text("right (10 % is guessing)").first.wait_for()
    settle(page)
    assert page.locator(SCRUB).count() == 2
    page.locator('[data-testid="stSlider"] input[type=range]').first.press("ArrowRight")
    page.wait_for_timeout(500)
    settle(page)
    assert page.locator(SCRUB).count() == 1
