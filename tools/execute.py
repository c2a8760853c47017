"""Execute a composed notebook in a fresh kernel, in an empty folder, with progress by the cell."""

import base64
import io
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import nbclient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from PIL import Image

from tools.source import LessonError

TIMEOUT = 1800  # seconds for one cell; a lesson at scale full trains for minutes


def execute(notebook: NotebookNode, environment: dict[str, str]) -> None:
    """Run every cell in order and store its outputs in the notebook, without stderr.

    Args:
        notebook: changed in place, also when a cell fails (its outputs up to there).
        environment: added to this process's for the kernel; these win.

    Raises:
        LessonError: if a cell fails, hangs or takes the kernel down; says which, with traceback.
    """
    name = notebook.metadata["layer_by_layer"]["lesson"]
    places = [cell.id for cell in notebook.cells if cell.cell_type == "code"]
    current, started = "the start of the kernel", time.monotonic()

    def on_start(cell: NotebookNode, cell_index: int) -> None:
        nonlocal current, started
        current = f"code cell {places.index(cell.id) + 1} of {len(places)} ({cell.id})"
        started = time.monotonic()

    def on_executed(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        seconds, line = time.monotonic() - started, cell.source.strip().splitlines()[0]
        place = f"{places.index(cell.id) + 1:3d}/{len(places)}"
        print(f"{name} {place} {seconds:6.1f} s  {line[:60]}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "kernel.log"
        client = nbclient.NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": folder}},
            on_cell_execute=on_start,
            on_cell_executed=on_executed,
        )
        try:
            with log.open("w") as stderr:  # TensorFlow writes there before Jupyter listens
                client.execute(
                    env=os.environ | {"LESSON_RUNS": f"{folder}/runs"} | environment, stderr=stderr
                )
        except (CellExecutionError, CellTimeoutError) as error:
            raise LessonError(f"{name}: {current} failed\n{error}") from error
        except DeadKernelError as error:
            last_words = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise LessonError(f"{name}: {current} took the kernel down\n{last_words}") from error
        finally:
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.outputs = _tidied(cell.outputs)


def _tidied(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Without stderr (TensorFlow's log), stdout in one piece, figures in fewer bytes."""
    tidied: list[NotebookNode] = []
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        if tidied and output.get("name") == "stdout" == tidied[-1].get("name"):
            tidied[-1].text += output.text
        else:
            if png := output.get("data", {}).get("image/png"):
                output.data["image/png"] = _with_palette(png)
            tidied.append(output)
    return tidied


def _with_palette(png: str) -> str:
    """A figure in 256 colours: half the bytes, and no difference to the eye."""
    figure = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    smaller = io.BytesIO()
    figure.quantize(256, dither=Image.Dither.NONE).save(smaller, "PNG", optimize=True)
    return base64.b64encode(smaller.getvalue()).decode()
