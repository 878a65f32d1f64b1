"""News of the document that every observer gets, whatever another makes of it.

An observer may have to read pixels, and then the file of an image that is not even concerned may turn out to
have changed. Its error must not cut the change off half-way, nor keep the news from the observers after it:
it is caught here, at the border between a change and those who hear of it, and told; the change goes on.
"""

from __future__ import annotations

from typing import Any

from echo import CallbackProperty

from imviz.errors import ImvizError

__all__ = ["News"]


class News(CallbackProperty):
    """A property whose observers cannot stop what it tells of.

    What an observer could not do (an `ImvizError`), or was not let do by the machine, goes to the method
    ``amiss`` of the property's owner when all have been called.
    """

    def notify(self, instance: Any, old: Any, new: Any) -> None:
        """Call all observers, those of higher priority first."""
        if not self.enabled(instance):
            return
        observers = [
            (priority, call, arguments)
            for kept, arguments in ((self._callbacks, (new,)), (self._2arg_callbacks, (old, new)))
            if instance in kept
            for call, priority in kept[instance].iterator(priority=True, sort=False)
        ]
        failed: list[Exception] = []
        for _, call, arguments in sorted(observers, key=lambda one: one[0], reverse=True):
            try:
                call(*arguments)
            except (ImvizError, OSError, MemoryError) as error:
                failed.append(error)
        for one in failed:
            instance.amiss(one)
