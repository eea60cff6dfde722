"""Pictures are decoded and written anew: what is not a picture in them stays behind.

A photograph tells where and with what it was taken (EXIF, GPS, XMP, comments, thumbnails), and a
file that begins as a picture can go on as something else. Neither survives being decoded to
points of colour and encoded again; nor does a file that only looks like a picture.
"""

from __future__ import annotations

import threading
from typing import IO, TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from tutela.core.spool import Spool
from tutela.vault.attachments.errors import UnfitFile
from tutela.vault.attachments.kinds import Media

if TYPE_CHECKING:
    from PIL import Image

_one_at_a_time = threading.BoundedSemaphore(1)
"""A decoded picture takes four bytes a point, so a process decodes one after the other."""
_MODES = {
    "JPEG": {"L": "L", "LA": "L", "I;16": "L", "1": "L"},
    "PNG": {"1": "1", "L": "L", "LA": "LA", "RGBA": "RGBA", "I;16": "I;16"},
    "WEBP": {"RGBA": "RGBA", "LA": "RGBA"},
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {},
    "WEBP": {"quality": 90},
}


def written_anew(content: Spool, media: Media, megapixels: int) -> Spool:
    """The same picture, upright, with nothing else in it; of several only the first.

    Raises ``UnfitFile`` for a damaged picture and for one of more than ``megapixels``, which is
    told from its head, before anything is decoded.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - loaded where one is met, for a quick start

    content.seek(0)
    with _one_at_a_time:
        try:
            with Image.open(cast("IO[bytes]", content), formats=[media.picture]) as image:
                _check_size(image, megapixels)
                image.load()
                return _encoded(ImageOps.exif_transpose(image), media)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many(megapixels) from None
        except UnfitFile:
            raise
        except Exception:  # noqa: BLE001 - decoders raise anything on what is no picture
            raise UnfitFile(
                _("This picture is damaged or is none. Open it on your device, save it anew.")
            ) from None


def _check_size(image: Image.Image, megapixels: int) -> None:
    if image.width * image.height > megapixels * 1_000_000:
        raise _too_many(megapixels)


def _encoded(image: Image.Image, media: Media) -> Spool:
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    wanted = _MODES[media.picture].get(image.mode, "RGB")
    bare = image if image.mode == wanted else image.convert(wanted)
    bare.info = {}
    made = Spool()
    bare.save(cast("IO[bytes]", made), format=media.picture, **_OPTIONS[media.picture])
    return made


def _too_many(megapixels: int) -> UnfitFile:
    return UnfitFile(
        _("This picture has more than %(count)d million points. Make it smaller, then send it.")
        % {"count": megapixels}
    )
