"""What the tests of views have: a session with images and a viewer on it; no browser."""

from view.conftest import browser, hand, sent, session, viewer

__all__ = ["browser", "hand", "sent", "session", "viewer"]
