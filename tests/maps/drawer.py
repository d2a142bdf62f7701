"""A planner at work while what serves is killed."""

import time
from contextlib import suppress
from http.client import HTTPException
from itertools import cycle
from threading import Event
from urllib.error import HTTPError
from uuid import UUID


class Drawer:
    """A planner who draws on a plan, edit after edit, and sends again what was not acknowledged."""

    def __init__(self, browser, plan):
        self._browser, self._address = browser, f"/plans/{plan}/edits/"
        self.begun = browser.ask(f"/plans/{plan}/state/")
        self.placement = dict(self.begun["placement"])
        self.acknowledged = []
        self.is_done = Event()

    def draw(self):
        """Edit until told to end; each site leaves its zone, or gets one of its own."""
        for turn, site in enumerate(cycle(sorted(self.placement))):
            if self.is_done.is_set():
                return
            to = "" if self.placement[site] else "new"
            undo = {"action": "undo"} if turn % 5 == 4 else None
            self.edit(undo or {"action": "assign", "sites": [site], "to": to}, turn)

    def edit(self, what, turn):
        request = str(UUID(int=2**100 + turn))
        revision = self.begun["revision"] + len(self.acknowledged)
        body = {"request": request, "revision": revision, **what}
        if turn % 7 == 3:
            self._leave_before_the_answer(body)
        while not (answer := self._answer(body)):
            time.sleep(0.01)
        self.placement |= answer["changed"]["placement"]
        self.acknowledged.append((request, answer["revision"]))

    def _answer(self, body):
        """Return the acknowledgement, or nothing where the site was in no state to give one."""
        try:
            return self._browser.ask(self._address, body)
        except HTTPError as error:
            if error.code != 503:  # the database is away
                raise
            return None
        except (OSError, HTTPException):  # the server of the site itself was killed
            return None

    def _leave_before_the_answer(self, body):
        """Send an edit as somebody whose connection breaks: it may count, but who knows."""
        with suppress(OSError, HTTPException):
            self._browser.ask(self._address, body, patience_s=0.02)
