"""The ``ganvas`` command line. Commands import what they need when they run, so that help does not load torch."""

from __future__ import annotations

import atexit
import gc
import sys

import typer

# Help lists the commands in this order.
# isort: off
from ganvas.cli import (  # noqa: F401
    collect,
    curate,
    review,
    report,
    keywords,
    split,
    sample,
    pack,
    suggest,
    recipes,
    show,
    train,
    blend,
    status,
    evaluate,
    measure,
    opinion,
    studio,
    starters,
    generate,
    generate_music,
    translate,
    card,
    lookalike,
    makeup,
    montage,
    export,
    import_weights,
    gate,
    publish,
    doctor,
    weights,
)
from ganvas.cli.app import app, print_error
from ganvas.cli.waiting_threads import let_threads_sleep

# isort: on

# Without this, Python searches all objects of torch for garbage as it ends: most of the time after the last word.
atexit.register(gc.freeze)


def main(arguments: list[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit code: 0 success, 1 an error inside Ganvas, 2 an error that the user can correct, 3 the answer is no
        (a gate, a round of review), 130 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    let_threads_sleep()
    given = [argument for argument in given if argument != "--debug"]
    try:
        code = int(app(given, prog_name="ganvas", standalone_mode=False) or 0)
        if code == 130:  # how the parser reports Ctrl+C
            raise KeyboardInterrupt
        return code
    except SystemExit as leaving:
        return int(leaving.code or 0)
    except KeyboardInterrupt:
        print_error("Interrupted; what was written before is kept.")
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user who did not ask for it
        return _explain(error, debug)


def _refused_by_system(error: OSError) -> str | None:
    """What to do where the disk is full or a file may not be used; None for other errors."""
    from pathlib import Path

    from ganvas.paths import FULL, NOT_ALLOWED, cache_dir

    name = str(error.filename) if error.filename is not None else ""
    cached = Path(name).absolute().is_relative_to(cache_dir().absolute()) if name else False
    place = "set GANVAS_CACHE to another folder" if cached else "name another place"
    if error.errno in FULL:
        return f"{name or 'A file'} cannot be written ({error.strerror}); free some space or {place}."
    if error.errno in NOT_ALLOWED and name:
        return f"{name} cannot be used ({error.strerror}); change its permissions or {place}."
    return None


def _explain(error: Exception, debug: bool) -> int:
    from ganvas.errors import UserError

    sentence: str | None = None
    code = 2
    show_message = getattr(error, "format_message", None)
    if isinstance(error, UserError):
        sentence = str(error)
    elif isinstance(error, OSError) and (said := _refused_by_system(error)):
        sentence = said
    elif type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(show_message() if show_message else str(error))
        return 0
    elif type(error).__name__ == "Abort":
        sentence, code = "Interrupted; what was written before is kept.", 130
    elif show_message is not None:  # the parser's own
        said = show_message().rstrip(".?").replace("\n", " ").replace(". Did you mean", ", did you mean")
        sentence = f"{said}; see `ganvas --help`."
    if debug:
        raise error
    if sentence is None:
        text = " ".join(str(error).split())[:300]
        sentence = f"Something went wrong inside Ganvas ({type(error).__name__}: {text}); --debug shows where."
        code = 1
    print_error(sentence)
    return code
