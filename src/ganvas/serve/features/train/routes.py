"""``/v1/trainings``: start, pause, resume, stop, prolong, rename and delete trainings."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

from fastapi import APIRouter

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.runs.folder import RunDir
from ganvas.runs.log import now
from ganvas.runs.queue import Training, TrainingError
from ganvas.serve.core.context import Context, StudioContext
from ganvas.serve.core.errors import ConflictError, NoRoomError
from ganvas.serve.core.roles import needs
from ganvas.serve.features.train import recipe_settings, run_folders, samples
from ganvas.serve.features.train.processes import check_room
from ganvas.serve.features.train.run_folders import DeletedRun
from ganvas.serve.features.train.schemas import (
    ProlongRequest,
    RenameRequest,
    RestoredRun,
    TrainingCard,
    TrainingList,
    TrainingRequest,
)
from ganvas.serve.features.train.state import TrainState

router = APIRouter()


@router.get("/v1/trainings", tags=["train"], operation_id="listTrainings", openapi_extra=needs("owner"))
def list_trainings(context: Context) -> TrainingList:
    """The trainings that the studio started, and the runs that can be restored."""
    trainings = context.state(TrainState).trainings
    found = trainings.all()
    waiting = [training.run for training in found if training.state == "queued"]
    cards = [_card(context, training, waiting) for training in found]
    return TrainingList(trainings=cards, deleted=run_folders.deleted(trainings.root))


@router.post(
    "/v1/trainings",
    tags=["train"],
    operation_id="createTraining",
    openapi_extra=needs("owner", cost="training", audit="training"),
    status_code=201,
)
def create_training(context: Context, body: TrainingRequest) -> TrainingCard:
    """Put a training into the queue; it starts when no other one runs."""
    return _create(context, body)


@router.post(
    "/v1/sample-training",
    tags=["train"],
    operation_id="createSampleTraining",
    openapi_extra=needs("owner", cost="training", audit="training"),
    status_code=201,
)
def create_sample_training(context: Context) -> TrainingCard:
    """Put a short training on sample avatars into the queue; the avatars are drawn first, in the background.

    One that waits or runs is given instead of another.
    """
    state = context.state(TrainState)
    trainings = state.trainings
    check_room(trainings.root)
    name = state.samples.name()
    going = (one for one in trainings.all() if one.data == name and one.state in ("queued", "running"))
    known = next((one for one in going if one.recipe == samples.RECIPE and not one.sets), None)
    if known is not None:
        return _found(context, known.run)
    return _create(context, TrainingRequest(recipe=samples.RECIPE, data=name, name=name, sets=[], start=None))


def _create(context: StudioContext, body: TrainingRequest) -> TrainingCard:
    state = context.state(TrainState)
    recipe = recipe_settings.shipped(body.recipe, body.sets)
    state.pictures.get(body.data)
    check_room(state.trainings.root)
    start = None
    if body.start is not None:
        context.bundle(body.start)
        start = str(context.bundles.paths()[body.start].absolute())
    stem = body.data.removesuffix(".zip")
    run = _new_folder(state, run_folders.checked_name(body.name or f"{body.recipe}-{stem}"[: run_folders.MAX_NAME]))
    try:
        write_atomically(run.recipe, recipe.to_yaml())
    except OSError as error:
        raise _not_made(error) from None
    training = Training(
        run=run.root.name,
        recipe=body.recipe,
        data=body.data,
        sets=tuple(body.sets),
        kimg=recipe.train.kimg,
        start=start,
        created=now(),
    )
    state.trainings.add(training)
    return _found(context, training.run)


@router.post(
    "/v1/trainings/{id}/pause",
    tags=["train"],
    operation_id="pauseTraining",
    openapi_extra=needs("owner", audit="pause-training"),
)
def pause_training(context: Context, id: str) -> TrainingCard:  # noqa: A002
    """Stop a training after its present step, to be resumed later; what it has learned is saved."""
    context.state(TrainState).trainings.stop(id, "paused")
    return _found(context, id)


@router.post(
    "/v1/trainings/{id}/stop",
    tags=["train"],
    operation_id="stopTraining",
    openapi_extra=needs("owner", audit="stop-training"),
)
def stop_training(context: Context, id: str) -> TrainingCard:  # noqa: A002
    """Stop a training after its present step; what it has learned is saved."""
    context.state(TrainState).trainings.stop(id, "stopped")
    return _found(context, id)


@router.post(
    "/v1/trainings/{id}/resume",
    tags=["train"],
    operation_id="resumeTraining",
    openapi_extra=needs("owner", audit="resume-training"),
)
def resume_training(context: Context, id: str) -> TrainingCard:  # noqa: A002
    """Put a training that was paused or stopped, or that failed, back into the queue; it goes on where it was."""

    def resumed(training: Training) -> Training:
        if training.state not in ("paused", "stopped", "failed"):
            raise ConflictError(
                f"Run {id!r} is not paused or stopped.", code="training-not-stopped", params={"run": id}
            )
        return training.changed(state="queued", error=None, ended=None)

    context.state(TrainState).trainings.change(id, resumed)
    return _found(context, id)


@router.post(
    "/v1/trainings/{id}/prolong",
    tags=["train"],
    operation_id="prolongTraining",
    openapi_extra=needs("owner", audit="prolong-training"),
)
def prolong_training(context: Context, id: str, body: ProlongRequest) -> TrainingCard:  # noqa: A002
    """Give a training that does not run another, greater length, and put it back into the queue."""

    def prolonged(training: Training) -> Training:
        if training.state == "running":
            raise run_folders.busy(id)
        if body.kimg <= training.kimg:
            raise UserError(
                f"The training has {training.kimg:g} kimg already; choose more.",
                code="not-longer",
                params={"kimg": training.kimg},
            )
        return training.changed(state="queued", kimg=body.kimg, error=None, ended=None)

    context.state(TrainState).trainings.change(id, prolonged)
    return _found(context, id)


@router.post(
    "/v1/trainings/{id}/rename",
    tags=["train"],
    operation_id="renameRun",
    openapi_extra=needs("owner", audit="rename-run"),
)
def rename_run(context: Context, id: str, body: RenameRequest) -> RestoredRun:  # noqa: A002
    """Give a run that is not being trained another name; it need not be one that the studio started."""
    trainings = context.state(TrainState).trainings
    name = run_folders.checked_name(body.name)
    context.run(id)
    with trainings.changing() as found:
        _refuse_running(found, id)
        run_folders.rename(trainings.root, id, name)
        found[:] = [one.changed(run=name) if one.run == id else one for one in found]
    return RestoredRun(run=name)


@router.delete(
    "/v1/trainings/{id}", tags=["train"], operation_id="deleteRun", openapi_extra=needs("owner", audit="delete-run")
)
def delete_run(context: Context, id: str) -> DeletedRun:  # noqa: A002
    """Delete a run that is not being trained; for a week it can be restored."""
    trainings = context.state(TrainState).trainings
    context.run(id)
    run_folders.purge(trainings.root)
    with trainings.changing() as found:
        _refuse_running(found, id)
        training = next((one for one in found if one.run == id), None)
        gone = run_folders.delete(trainings.root, id, training)
        found[:] = [one for one in found if one.run != id]
    return gone


@router.post(
    "/v1/deleted-runs/{id}/restore",
    tags=["train"],
    operation_id="restoreRun",
    openapi_extra=needs("owner", audit="restore-run"),
)
def restore_run(context: Context, id: str) -> RestoredRun:  # noqa: A002
    """Restore a run that was deleted; one that waited in the queue is stopped."""
    trainings = context.state(TrainState).trainings
    with trainings.changing() as found:
        back = run_folders.restore(trainings.root, id)
        if back.training is not None:
            waited = back.training.state == "queued"
            found.append(back.training.changed(state="stopped") if waited else back.training)
    return RestoredRun(run=back.run)


def _refuse_running(trainings: list[Training], run: str) -> None:
    if any(one.run == run and one.state == "running" for one in trainings):
        raise run_folders.busy(run)


def _new_folder(state: TrainState, plain: str) -> RunDir:
    """Make the folder of a new run; two requests at once get two folders."""
    root = state.trainings.root
    try:
        root.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            run = RunDir(root / (plain if number == 1 else f"{plain} {number}"))
            with suppress(FileExistsError):
                run.root.mkdir()
                return run
    except OSError as error:
        raise _not_made(error) from None
    raise AssertionError("unreachable")


def _not_made(error: OSError) -> NoRoomError:
    reason = str(error.strerror)
    return NoRoomError(f"The run cannot be made ({reason}).", code="run-not-made", params={"reason": reason})


def _found(context: StudioContext, run: str) -> TrainingCard:
    found = context.state(TrainState).trainings.all()
    waiting = [training.run for training in found if training.state == "queued"]
    return next(_card(context, training, waiting) for training in found if training.run == run)


def _card(context: StudioContext, training: Training, waiting: list[str]) -> TrainingCard:
    error = training.error
    if error is not None:
        params = {
            key: context.paths.hide(value) if isinstance(value, str) else value for key, value in error.params.items()
        }
        error = TrainingError(sentence=context.paths.hide(error.sentence), code=error.code, params=params)
    return TrainingCard(
        run=training.run,
        recipe=training.recipe,
        data=training.data,
        state=training.state,
        stopping=training.ending is not None,
        place=waiting.index(training.run) + 1 if training.run in waiting else None,
        kimg=training.kimg,
        created=training.created,
        started=training.started,
        ended=training.ended,
        error=error,
        drawn=_drawn(context, training),
    )


def _drawn(context: StudioContext, training: Training) -> float | None:
    avatars = context.state(TrainState).avatars
    return avatars.share(training.data) if avatars is not None and training.state == "queued" else None
