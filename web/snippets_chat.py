"""What to paste into a shop's pages and its server, for the chat."""

from __future__ import annotations

from web.snippets import Snippet

TAG = '<script src="{address}/assistant/widget.js" data-base="{base}" async></script>'
POLICY = """\
script-src  {address}
connect-src {connected}"""
ELEMENT = """\
<script src="{address}/assistant/widget.js" async></script>
<copylift-chat base="{base}" side="left" theme="light" lang="de"
  texts='{{"title": "Wie können wir helfen?", "placeholder": "Ihre Frage …"}}'
  suggestions='["Was kostet der Versand?"]'></copylift-chat>
<style>copylift-chat {{ --copylift-color: #0f766e; --copylift-radius: 8px; }}</style>"""
SIGNED = """\
<script src="{address}/assistant/widget.js" data-base="{base}"
  data-unit-id="customer-123" data-unit-until="1795789200"
  data-unit-signature="7d3c…" async></script>"""
PYTHON = """\
signature = hmac.new(secret.encode(), f"{until}.{unit_id}".encode(), hashlib.sha256).hexdigest()"""
NODE = """\
const signature = crypto.createHmac("sha256", secret).update(`${until}.${unitId}`).digest("hex");"""
PHP = """\
$signature = hash_hmac("sha256", "$until.$unitId", $secret);"""


def chat_snippets(address: str, base: str, *, streams: str = "") -> dict[str, list[Snippet]]:
    """The tag and what goes with it; then how a server says who the visitor is.

    `streams` is the origin that tells of replies at once, where there is one.
    """
    connected = " ".join(dict.fromkeys(filter(None, (address, streams))))

    def filled(text: str) -> str:
        return text.format(address=address, base=base, connected=connected)

    return {
        "page": [
            Snippet(
                "tag",
                "One line on every page",
                "Anywhere in the page. It loads beside everything else and holds nothing up.",
                filled(TAG),
            ),
            Snippet(
                "policy",
                "If your pages have a Content-Security-Policy",
                "Add these. The chat has no inline style and loads no image: style-src and img-src "
                "stay as they are.",
                filled(POLICY),
            ),
            Snippet(
                "element",
                "In your colours and words",
                "Set the element yourself, and it takes attributes and CSS variables.",
                filled(ELEMENT),
            ),
        ],
        "identity": [
            Snippet("signed", "The tag, signed", "What your server writes.", filled(SIGNED)),
            Snippet("python", "Python", "", PYTHON),
            Snippet("node", "Node", "", NODE),
            Snippet("php", "PHP", "", PHP),
        ],
    }
