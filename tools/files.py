"""Write several files so that either all of them are new or none has changed."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from tools.source import LessonError


def write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Write every text (as UTF-8) or bytes to its path, through temporary files beside the targets.

    Raises:
        LessonError: if one cannot be written (full disk, read-only folder); no target changed.
    """
    temporary = {path: path.with_name(f".{path.name}.new") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary[path].open("wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
        for path in contents:
            temporary[path].replace(path)
    except OSError as error:
        raise LessonError(
            f"could not write {', '.join(str(path) for path in contents)}: {error.strerror}; "
            "nothing was changed"
        ) from error
    finally:
        for path in temporary.values():
            with contextlib.suppress(OSError):  # a read-only folder holds none
                path.unlink(missing_ok=True)
