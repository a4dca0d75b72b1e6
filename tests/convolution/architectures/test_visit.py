"""The architectures page under a mouse: the points that load a network, the hand, and the clock."""

from urllib.parse import parse_qs, urlparse

from playwright.sync_api import expect

from tests.browser.conftest import CHART, Open, settle

SCRUB = f"{CHART} form.vega-bindings input[type=range]"
SLIDER = '[data-testid="stSlider"] input[type=range]'
PAGE = "/architectures"


def test_a_click_on_a_point_loads_its_network_and_its_input(open_link: Open) -> None:
    page = open_link(f"{PAGE}?tab=All+networks&width=0.5")
    page.locator(f"{CHART} .mark-symbol path[aria-label*='LeNet-5']").first.click(force=True)
    page.wait_for_timeout(800)
    settle(page)
    link = parse_qs(urlparse(page.url).query)
    assert (link["network"], link["size"]) == (["LeNet-5"], ["28"])
    assert "width" not in link


def test_the_hand_reads_a_stage_and_the_shape_follows_the_input(open_link: Open) -> None:
    page = open_link(PAGE)
    words = page.locator(f"{CHART} .marks").first
    expect(words).to_contain_text("3 × 224 × 224")
    page.locator(SCRUB).first.fill("3")
    expect(words).to_contain_text("307,392 parameters (0.5 %), 224 M MACs (31 %)")
    page.locator(SLIDER).first.press("Home")  # an input of 4 × 4 breaks it
    expect(words).to_contain_text("breaks here")
    expect(page.get_by_role("alert").first).to_contain_text("needs at least")
    expect(words).to_contain_text("is not reached")
    assert page.locator(SCRUB).first.input_value() == "3"


def test_play_ends_at_the_last_stage(open_link: Open) -> None:
    page = open_link(f"{PAGE}?network=LeNet-5&size=28")
    play = page.locator(f"{CHART} form.vega-bindings input[type=checkbox]").first
    play.check()
    expect(page.locator(SCRUB).first).to_have_value("8", timeout=20_000)
    expect(play).not_to_be_checked()


def test_a_measurement_is_shown_and_a_moved_control_takes_it_away(open_link: Open) -> None:
    page = open_link(f"{PAGE}?network=LeNet-5&size=28&tab=Time")
    page.get_by_role("button", name="Measure a forward pass").click()
    page.get_by_text("ms for one image on").first.wait_for()
    settle(page)
    assert page.locator(f"{CHART} .marks").count() == 2
    page.locator(SLIDER).first.press("ArrowRight")
    page.wait_for_timeout(500)
    settle(page)
    assert page.locator(f"{CHART} .marks").count() == 1
