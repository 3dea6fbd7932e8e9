"""Uploads that are too large: dropped while they come in, and refused in words."""

import io
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

MOST_UPLOAD_BYTES: Final = 50 * 1024 * 1024


class DropTooLarge(FileUploadHandler):
    """Keeps nothing of a body above the limit; forms see an empty file of the size it had."""

    too_large = False

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        self.too_large = content_length > MOST_UPLOAD_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.too_large:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None if self.too_large else raw_data

    def file_complete(self, file_size: int) -> Any:
        if not self.too_large:
            return None
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, file_size)
