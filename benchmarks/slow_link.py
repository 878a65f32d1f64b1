"""The picture over a slow link: bytes and seconds with tiles as they are, and packed as a slow link has them.

    python benchmarks/slow_link.py FOLDER [megabytes a second] [milliseconds there and back]

imviz in JupyterLab, its page behind a proxy that lets so many bytes a second pass and holds each back half
the time there and back. The image is the 16k one of browser_picture.py (noise and stars: hard to pack).
Prints a Markdown table. Needs the test extra and a Chromium.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from browser_picture import PROBE, opened, servers, write_sky

PIECE = 16384  # bytes let through together


class Proxy:
    """Stands before a local server, in a thread of its own.

    Both directions have the same rate; all connections share it.
    """

    def __init__(self, port, rate, delay):
        self.port, self.rate, self.delay = port, rate, delay
        self.free = {"up": 0.0, "down": 0.0}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        serve = asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.server = asyncio.run_coroutine_threadsafe(serve, self.loop).result()
        return self.server.sockets[0].getsockname()[1]

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def end(self):
        """Let everything go that is still under way."""
        self.server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def connect(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(self.carry(reader, back, "up"), self.carry(there, writer, "down"))

    async def carry(self, reader, writer, way):
        """Read, and write when the link is free again and the bytes have travelled."""
        queue = asyncio.Queue(maxsize=64)

        async def deliver():
            while (item := await queue.get()) is not None:
                due, data = item
                await asyncio.sleep(max(due - self.loop.time(), 0))
                writer.write(data)
                await writer.drain()
            writer.close()

        delivery = asyncio.ensure_future(deliver())
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(PIECE):
                self.free[way] = max(self.free[way], self.loop.time()) + len(data) / self.rate
                await queue.put((self.free[way] + self.delay, data))
        await queue.put(None)
        with contextlib.suppress(ConnectionError):
            await delivery


def measure(page, path, limit):
    """Seconds and megabytes of a first picture, of jumps and of pans to pixels never seen."""
    page.kernel.run(f"viewer.picture.link.limit = {limit}")
    first = page.act(f"imviz.load_data({path!r})", "first")
    page.kernel.wait("all(one.pyramid.complete for one in viewer.picture._served.values())", timeout=120)
    page.settle()
    page.kernel.run("viewer.zoom_level = 1; viewer.center_on((2000, 2000))")
    page.settle()
    jumps = [page.act(f"viewer.center_on(({at}, {at}))", "last") for at in (5000, 8000, 11000, 14000)]
    pans = [page.drag(-300) for _ in range(4)]
    median = statistics.median
    return {
        "first picture [s]": first[0],
        "first picture, all bytes until it is exact [MB]": first[1] / 1e6,
        "jump to pixels never seen, until sharp [s]": median(one[0] for one in jumps),
        "jump [MB]": median(one[1] for one in jumps) / 1e6,
        "pan to new pixels, until sharp [s]": median(one[0] for one in pans),
        "pan to new pixels [MB]": median(one[2] for one in pans) / 1e6,
    }


def main(folder, rate="1", delay="80"):
    folder = Path(folder).resolve()
    folder.mkdir(exist_ok=True)
    write_sky(folder / "16k.fits", 16384)
    found = {}
    with servers.lab_server() as (base, place), servers.chromium(servers.chromium_path()) as browser:
        browser.add_init_script(PROBE)
        with Proxy(urlsplit(base).port, float(rate) * 1e6, float(delay) / 2e3) as port:
            for name, limit in {"as they are": "0", "packed": "4e6"}.items():
                with opened("imviz", (f"http://127.0.0.1:{port}", place), browser) as page:
                    found[name] = measure(page, str(folder / "16k.fits"), limit)
                    print(name, found[name], file=sys.stderr, flush=True)
    print(f"| {rate} MB/s, {delay} ms | {' | '.join(found)} |\n|---|{'---|' * len(found)}")
    for row in found["packed"]:
        print(f"| {row} | {' | '.join(f'{notes[row]:.3g}' for notes in found.values())} |")


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else sys.exit(__doc__)
