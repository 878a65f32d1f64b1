"""Browser tests come last: Playwright leaves an event loop running, which the others must not see."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_addoption(parser):
    parser.addoption("--numbers", action="store_true", help="write docs/numbers.md anew")
