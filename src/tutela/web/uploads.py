"""Takes files in as they come over the line: never whole in memory, never readable on a disk."""

from __future__ import annotations

from typing import IO, Any, cast

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from tutela.core.spool import Spool

LARGEST_FILE = 50_000_000
"""Bytes kept of one file; what is longer is counted to its end, so that the form can say so."""
LARGEST_REQUEST = 120_000_000
"""Bytes of a whole form; a longer one is refused before it is read."""


class Upload(UploadedFile):  # type: ignore[type-arg]
    """A file that was sent. ``size`` is that of what was sent, also where less of it was kept."""

    @property
    def spool(self) -> Spool:
        return cast("Spool", self.file)


class SealedUploads(FileUploadHandler):
    """Django's contract for uploads, over ``Spool``."""

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - the contract's names
        META: dict[str, Any],  # noqa: ARG002, N803
        content_length: int,
        boundary: Any,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        if content_length > LARGEST_REQUEST:
            raise RequestDataTooBig("The form is larger than any form of ours can be.")

    def new_file(self, *arguments: Any, **keywords: Any) -> None:
        super().new_file(*arguments, **keywords)
        self._spool = Spool()
        self._sent = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        room = LARGEST_FILE - self._sent
        self._sent += len(raw_data)
        if room > 0:
            self._spool.write(raw_data[:room])

    def file_complete(self, file_size: int) -> Upload:
        return Upload(
            file=cast("IO[bytes]", self._spool),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
        )

    def upload_interrupted(self) -> None:
        if spool := getattr(self, "_spool", None):
            spool.close()
