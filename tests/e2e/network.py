"""What happens between a page and the server: deltas get lost, the connection is cut."""

from __future__ import annotations

from lab import Notebook

# In the page, so that it is quick, and nothing in the product needs a hook for it.
SCRIPT = """
(() => {
    const Native = window.WebSocket;
    const network = (window.network = { share: 0, dropped: 0, passed: 0, cutUntil: 0, sockets: new Set() });
    let seed = SEED;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

    // Jupyter's protocol v1.kernel.websocket.jupyter.org: a count, that many offsets, and the parts between them.
    function isDelta(data) {
        if (!(data instanceof ArrayBuffer)) return false;
        const view = new DataView(data);
        const offset = (index) => Number(view.getBigUint64(8 * (index + 1), true));
        const part = (index) => new TextDecoder().decode(data.slice(offset(index), offset(index + 1)));
        if (part(0) !== 'iopub' || !part(1).includes('"comm_msg"')) return false;
        return ['insert', 'delta', 'update'].includes(JSON.parse(part(4)).data?.content?.type);
    }

    window.WebSocket = class extends Native {
        constructor(url, protocols) {
            super(Date.now() < network.cutUntil ? 'ws://127.0.0.1:9/' : url, protocols);
            network.sockets.add(this);
        }
        get onmessage() { return super.onmessage; }
        set onmessage(handler) {
            super.onmessage = handler && ((event) => {
                if (network.share && isDelta(event.data)) {
                    if (random() < network.share) return void network.dropped++;
                    network.passed++;
                }
                handler.call(this, event);
            });
        }
    };
})();
"""


class Network:
    """Lies between `notebook` and the server, from its next load on."""

    def __init__(self, notebook: Notebook, seed: int = 1) -> None:
        self._page = notebook.page
        self._page.add_init_script(SCRIPT.replace("SEED", str(seed)))
        notebook.reload()
        notebook.ready()

    def drop(self, share: float) -> None:
        """Lose this share of all changes that the kernel sends to a chat, until the next reload."""
        self._page.evaluate("share => { window.network.share = share }", share)

    @property
    def dropped(self) -> int:
        return int(self._page.evaluate("window.network.dropped"))

    def cut(self, seconds: float) -> None:
        """Break all connections, and let none come up again for a while."""
        self._page.evaluate(
            """seconds => {
                window.network.cutUntil = Date.now() + 1000 * seconds;
                for (const socket of window.network.sockets) socket.close();
            }""",
            seconds,
        )
