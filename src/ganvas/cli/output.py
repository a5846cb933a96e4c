"""Terminal output of the commands: sentences, tables and summaries. Imports torch only where a method needs it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from ganvas.runs.folder import RunDir

if TYPE_CHECKING:
    from ganvas.bundle import Bundle
    from ganvas.bundle.tensors import WeightFormat
    from ganvas.curate.dataset.pack import PackReport
    from ganvas.curate.manifest import SkippedFile
    from ganvas.curate.own_folders import OwnFolder
    from ganvas.evaluate.run import EvaluationOutcome
    from ganvas.inference.source_report import SourceReport
    from ganvas.recipe import Recipe
    from ganvas.suggestion import Report
    from ganvas.train.trainer import Summary

MAX_NAMED = 20  # unusable files that are printed one by one
MAX_OTHERS = 10  # files beside the pictures that are named
LIMIT_HINT = "--max-megapixels raises the limit of pixels (of a recipe: --set data.max_megapixels=N)."


class Output:
    """Prints to the terminal, or nothing when ``quiet``."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.console = Console(quiet=quiet)

    def line(self, sentence: str, style: str | None = None) -> None:
        """Print one line as it is: no markup, no wrapping."""
        self.console.print(sentence, style=style, markup=False, soft_wrap=True, highlight=False)

    def next_steps(self, *commands: str) -> None:
        """Print the commands that a user would run next."""
        self.line("Next: " + "   or   ".join(commands), "bold")

    def progress(self, what: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """A progress bar with a count, speed and time left."""
        from ganvas.cli.progress import CountProgress

        return CountProgress(self.console, what, quiet=self.quiet)

    def pack_report(self, report: PackReport) -> None:
        """Print how many pictures a data set has, and which files could not be used."""
        from ganvas.curate.images.opening import TOO_MANY
        from ganvas.curate.images.remarks import sentences

        classes = f" in {len(report.classes)} classes" if report.classes else ""
        done = "were packed already" if report.reused else "packed"
        self.line(f"{report.count:,} {report.items}{classes} {done}: {report.path}")
        if report.layout:
            self.line(report.layout)
        self.own_folders(report.own_folders)
        if report.enlarged:
            self.line(f"{report.enlarged:,} of them were smaller than that and enlarged: expect them soft.", "yellow")
        for sentence in sentences(report.remarks):
            self.line(sentence, "yellow")
        if report.outside is not None:
            self.line(_invented(report), "yellow")
        self._skipped(report.skipped, f", named in {report.path}")
        self.others(len(report.others), report.others)
        if any(reason.startswith(TOO_MANY) for _, reason in report.skipped):
            self.line(LIMIT_HINT, "yellow")

    def source_report(self, report: SourceReport | None) -> None:
        """Print what became of the files that were translated: what was left out, and what decoding changed."""
        if report is None:
            return
        for sentence in report.sentences():
            self.line(sentence, "yellow")
        self._skipped(list(report.skipped.values()))
        self.others(len(report.others), list(report.others))

    def _skipped(self, skipped: Sequence[SkippedFile], where: str = "") -> None:
        """Print the first files that could not be used; ``where`` ends the sentence about the others."""
        if skipped:
            files = "1 file" if len(skipped) == 1 else f"{len(skipped):,} files"
            self.line(f"{files} could not be used:", "yellow")
        for path, reason in skipped[:MAX_NAMED]:
            self.line(f"  {path}: {reason}", "yellow")
        if len(skipped) > MAX_NAMED:
            self.line(f"  … and {len(skipped) - MAX_NAMED:,} more{where}", "yellow")

    def others(self, count: int, names: Sequence[str]) -> None:
        """Print how many files beside the pictures are none, and their names, or the first of them."""
        if count:
            said = "1 other file is no picture" if count == 1 else f"{count:,} other files are no pictures"
            named = names[:MAX_OTHERS]
            more = f" and {count - len(named):,} more" if count > len(named) else ""
            self.line(f"{said}: {', '.join(named)}{more}.")

    def own_folders(self, found: Collection[OwnFolder]) -> None:
        """Print which folders were left out because Ganvas itself wrote them."""
        from ganvas.curate.own_folders import describe

        if found:
            self.line(describe(found), "yellow")

    def recipe_table(self) -> None:
        """Print the shipped recipes."""
        from ganvas.recipe import load, names

        table = _table("recipe", "task", "what it is")
        for name, task in names().items():
            table.add_row(name, task, load(name).about)
        self.console.print(table)

    def suggestions(self, report: Report) -> None:
        """Print what can be learned from pictures with which recipe, and what is missing for the rest."""
        table = _table("goal", "recipe", "what it is")
        for one in report.suggestions:
            table.add_row(f"{one.title} ({one.goal})", one.recipe, one.about)
        for lacking in report.missing:
            table.add_row(f"{lacking.title} ({lacking.goal})", "–", lacking.reason.sentence, style="dim")
        self.console.print(table)

    def plan(self, recipe: Recipe, classes: tuple[str, ...] | None = None) -> None:
        """Print stages, phases and parameter counts of a recipe."""
        from ganvas.train.outline import outline

        plan = outline(recipe, classes)
        table = _table("stage", "kimg", "batch", "phase", "trains", "when")
        table.title, table.title_justify = f"{recipe.name}: {recipe.family}, {plan.task}", "left"
        for stage in plan.stages:
            first = (stage.name, f"{stage.kimg:g}", str(stage.batch_size))
            for phase in stage.phases:
                when = f"every {phase.every} steps" if phase.every > 1 else ""
                when = f"{phase.repeat} times per step" if phase.repeat > 1 else when
                table.add_row(*first, phase.name, ", ".join(phase.trains), when)
                first = ("", "", "")
        self.console.print(table)
        self.line("parameters  " + "  ".join(f"{name} {count:,}" for name, count in plan.networks.items()))
        self.line(
            f"memory      {plan.state_mb:,.0f} MB for weights, gradients, optimisers, averages; a step takes more"
        )

    def estimate(self, recipe: Recipe, dataset: Path) -> None:
        """Print the memory and time of a training, estimated from a few real steps."""
        from ganvas.cli.progress import duration
        from ganvas.train.estimate import forecast

        with self.console.status("running a few training steps"):
            expected = forecast(recipe, dataset)
        both = expected.state_mb + expected.activations_mb
        parts = (
            f"{expected.state_mb:,.0f} weights, gradients, optimisers, averages; {expected.activations_mb:,.0f} a step"
        )
        self.line(f"memory      about {both:,.0f} MB beside Python and torch ({parts})")
        speed = f"{expected.images_per_second:,.1f} images per second, measured here"
        self.line(f"time        about {duration(expected.seconds)} ({speed}; sheets and metrics come on top)")

    def run_pipeline(
        self, recipe: Recipe, run: RunDir, dataset: Path, *, data: Path, fresh: bool, more_data: bool, train_only: bool
    ) -> Summary:
        """Train with live progress, then evaluate and export."""
        from ganvas.bundle import Bundle
        from ganvas.cli.progress import TrainingProgress, duration
        from ganvas.evaluate.run import EvaluationOutcome
        from ganvas.pipeline import NotEvaluated, run_pipeline
        from ganvas.train.trainer import Summary

        self.line(f"The run is {run.root} (Ctrl+C stops it and keeps everything).")
        with TrainingProgress(self.console, quiet=self.quiet) as view:
            results = run_pipeline(
                recipe,
                run,
                dataset,
                data=data,
                fresh=fresh,
                more_data=more_data,
                train_only=train_only,
                listener=view,
            )
            summary = next(results)
        assert isinstance(summary, Summary)
        if summary.state == "finished":
            spent = f"{duration(summary.seconds)}, {summary.images_per_second:,.0f} images per second"
            self.line(f"Trained to {summary.nimg / 1000:g} kimg ({spent}).")
        with self.console.status("evaluating"):
            evaluation = next(results, None)
        if isinstance(evaluation, NotEvaluated):
            self.line(f"Not evaluated: {evaluation.reason}", "yellow")
        elif isinstance(evaluation, EvaluationOutcome):
            self.evaluation(evaluation)
        with self.console.status("exporting"):
            bundle = next(results, None)
        if isinstance(bundle, Bundle):
            self.bundle(bundle)
        return summary

    def evaluate(
        self,
        path: Path,
        data: Path | None = None,
        count: int | None = None,
        features: str | None = None,
        *,
        everything: bool = False,
    ) -> None:
        """Evaluate a run or a bundle and print a table; ``everything`` adds a report."""
        from ganvas.evaluate.run import evaluate

        with self.console.status("evaluating"):
            evaluation = evaluate(path, data, count=count, features=features, everything=everything)
        self.evaluation(evaluation, features)

    def evaluation(self, evaluation: EvaluationOutcome, features: str | None = None) -> None:
        """Print the table of an evaluation, and what should be known beside it."""
        from ganvas.evaluate.protocol import missing_lpips
        from ganvas.evaluate.report import notes, result_of, table
        from ganvas.models.features import missing_inception

        results = [result_of(line) for line in evaluation.lines]
        network = any(result.protocol["features"] == "effnet" for result in results)
        if network and features in (None, "auto") and (sentence := missing_inception()) is not None:
            self.line(sentence)
        self.console.print(table(results))
        if any(result.metric == "psnr" for result in results) and (sentence := missing_lpips()) is not None:
            self.line(sentence)
        if evaluation.report is not None:
            for sentence in notes(results):
                self.line(sentence)
            self.line(f"The report is {evaluation.report}.")

    def export(
        self,
        run: RunDir,
        output: Path | None = None,
        onnx: bool | None = None,
        *,
        best: bool = False,
        whole: bool = False,
        int8: bool = False,
        weights: WeightFormat = "float32",
    ) -> None:
        """Export a run as a bundle, from its newest or its best checkpoint."""
        from ganvas.inference.load import load_run
        from ganvas.release.export import export_run

        with self.console.status("exporting"):
            model = load_run(run, which="best" if best else "newest")
            bundle = export_run(model, output, onnx=onnx, whole=whole, int8=int8, weights=weights)
        self.bundle(bundle, wanted_onnx=onnx is not False)

    def bundle(self, bundle: Bundle, *, wanted_onnx: bool = True) -> None:
        """Print where a bundle was written, and how its graphs compare with the model."""
        graph = bundle.info.onnx
        if graph:
            onnx_report = f"ONNX differs by {graph.max_difference:.1g} at most"
        else:
            onnx_report = "no ONNX: see `ganvas doctor`" if wanted_onnx else "without ONNX, as asked"
        for step, tried in bundle.info.int8.items():
            found = f"LPIPS {tried.lpips:.4f} (at most {tried.most_lpips:g}), {tried.gain:g} times as fast here"
            self.line(f"{step}: {'in int8' if tried.kept else 'stays in float32, int8 is not worth it'}: {found}.")
        self.line(f"The bundle is {bundle.path} ({onnx_report}).")

    def web_page(self, path: Path, folder: Path, weights: WeightFormat | None, *, webgpu: bool) -> None:
        """Write a bundle as a web page, and print its size and how it can be looked at."""
        from ganvas.bundle import read_bundle
        from ganvas.release.web_page import write_page

        with self.console.status("writing the page"):
            page = write_page(read_bundle(path), folder, weights=weights, webgpu=webgpu)
        self.line(
            f"The page is {page.path}: a model of {page.graphs / 1e6:.1f} MB in {page.weights}, whose answers differ "
            f"by {page.difference:.1g} on average from the bundle's; {page.total / 1e6:.0f} MB with the runtime."
        )
        if page.large:
            self.line(
                "That is more than 30 MB to load before anything appears; train a smaller model for a page, or use "
                "--weights int8.",
                "yellow",
            )
        self.next_steps(f"python -m http.server --directory {folder}")

    def run_files(self, run: RunDir) -> None:
        """Print where the files of a run are, and the next command."""
        self.line(f"Sample sheets: {run.sheets}   curves: {run.stats}   recipe: {run.recipe}")
        self.next_steps(f"ganvas studio --runs {run.root.parent}")

    def starters(self) -> None:
        """Print the models that ship with the package."""
        from ganvas import starters

        table = _table("name", "what it does", "output", "size")
        for name in starters.names():
            about = starters.about(name)
            side, roll = about["data"]["resolution"], about["data"].get("roll")
            size = f"{side} × {side}" if roll is None else f"{roll['bars']} bars"
            table.add_row(name, about["summary"]["sentence"], size, f"{starters.size(name) / 1e6:.1f} MB")
        self.console.print(table)
        self.next_steps("ganvas studio")

    def weights_table(self) -> None:
        """Print the pinned pretrained files and whether they are installed."""
        from ganvas.weights import listing

        table = _table("name", "here", "size", "licence", "used for")
        for weight, path in listing():
            size = f"{weight.size / 1e6:.1f} MB"
            table.add_row(weight.name, "yes" if path else "no", size, weight.licence, weight.used_for)
        self.console.print(table)


def _invented(report: PackReport) -> str:
    """How much of aligned faces is invented, and what to do about it."""
    outside = report.outside
    assert outside is not None
    other = "center or smart take the photographs as they are"
    if outside.tight < outside.share:
        other = f"face-tight frames faces more closely ({100 * outside.tight:.0f} % would lie outside), {other}"
    return (
        f"In {outside.count:,} of {report.count:,} pictures more than a tenth of the square lies outside of the "
        f"photograph and is invented by reflection ({100 * outside.share:.0f} % on average). Other crops (data.crop): "
        f"{other}."
    )


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table
