"""Where `show` puts the window: beside the notebook, and in a window of its own."""

CELLS = ("from imviz import Imviz\nimviz = Imviz()\nimviz.load_demo()",)
FIGURE = ".imviz-figure .plotarea_events"


def test_a_sidecar_opens_beside_the_notebook(notebook):
    page = notebook(*CELLS, "imviz.show('sidecar:right', title='Field')").page
    page.locator(FIGURE).first.wait_for(state="attached")
    assert page.locator(".jp-Cell " + FIGURE).count() == 0
    assert page.locator(".lm-TabBar-tabLabel", has_text="Field").count() >= 1


def test_a_popout_opens_a_window_on_the_same_kernel(notebook, chrome):
    with chrome.expect_page(lambda page: page.opener() is not None, timeout=90_000) as opened:
        notebook(*CELLS, "imviz.show('popout:window')")
    # what fills it is ipypopout's page, which needs the internet: not tested here, where there is none
    assert "kernelid=" in opened.value.url
    opened.value.close()
