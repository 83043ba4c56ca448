"""An image as the source of an ``img``, in the page itself."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

#: Characters that neither end a URI nor an attribute; all others are escaped.
_PLAIN = " /:;,=()'!*+-._~?@$|{}[]^`"


def data_uri(svg: bytes) -> Markup:
    """Write an SVG as a data URI.

    Parameters
    ----------
    svg : bytes

    Returns
    -------
    Markup
        Safe in a quoted attribute: text is a quarter shorter so than in base64.
    """
    text = " ".join(svg.decode().split("\n")).strip()
    return Markup("data:image/svg+xml," + quote(text, safe=_PLAIN))  # neither quotes nor < > & are left
