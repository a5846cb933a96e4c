"""What the commands tell: sentences, tables and summaries. What needs torch is imported where it is used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ganvas.errors import UserError
from ganvas.runs.folder import RunDir

if TYPE_CHECKING:
    from ganvas.cli.doctor import Finding
    from ganvas.curate.dataset.pack import PackReport
    from ganvas.recipe import Recipe
    from ganvas.train.trainer import Summary

NAMED = 20  # unusable files that are named one by one


class Teller:
    """Speaks to the terminal, or keeps still when ``quiet``."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.console = Console(quiet=quiet)

    def say(self, sentence: str, style: str | None = None) -> None:
        """One line, as it is: brackets in it are not markup, and it is not broken."""
        self.console.print(sentence, style=style, markup=False, soft_wrap=True, highlight=False)

    def next(self, *commands: str) -> None:
        """What to run now."""
        self.say("Next: " + "   or   ".join(commands), "bold")

    def counting(self, what: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """A bar that counts."""
        from ganvas.cli.progress import Counting

        return Counting(self.console, what, quiet=self.quiet)

    # ── before ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def packed(self, report: PackReport) -> None:
        """How many pictures there are, and which files could not be used."""
        classes = f" in {len(report.classes)} classes" if report.classes else ""
        done = "were packed already" if report.reused else "packed"
        self.say(f"{report.count:,} pictures{classes} {done}: {report.path}")
        if report.layout:
            self.say(report.layout)
        if report.enlarged:
            self.say(f"{report.enlarged:,} of them were smaller than that and enlarged: expect them soft.", "yellow")
        if report.skipped:
            self.say(f"{len(report.skipped):,} files could not be used:", "yellow")
        for path, reason in report.skipped[:NAMED]:
            self.say(f"  {path}: {reason}", "yellow")
        if len(report.skipped) > NAMED:
            self.say(f"  … and {len(report.skipped) - NAMED:,} more, named in {report.path}", "yellow")

    def recipes(self) -> None:
        """The shipped recipes."""
        from ganvas.recipe import load, names

        table = _table("recipe", "task", "what it is")
        for name, task in names().items():
            table.add_row(name, task, load(name).about)
        self.console.print(table)

    def plan(self, recipe: Recipe, classes: tuple[str, ...] | None = None) -> None:
        """Stages, phases and parameter counts."""
        from ganvas.train.estimate import outline

        plan = outline(recipe, classes)
        table = _table("stage", "kimg", "batch", "phase", "trains", "when")
        table.title, table.title_justify = f"{recipe.name}: {recipe.family}, {plan.task}", "left"
        for stage in plan.stages:
            first = (stage.name, f"{stage.kimg:g}", str(stage.batch_size))
            for phase in stage.phases:
                when = f"every {phase.every} steps" if phase.every > 1 else ""
                when = f"{phase.repeat} times a step" if phase.repeat > 1 else when
                table.add_row(*first, phase.name, ", ".join(phase.trains), when)
                first = ("", "", "")
        self.console.print(table)
        self.say("parameters  " + "  ".join(f"{name} {count:,}" for name, count in plan.networks.items()))
        self.say(f"memory      {plan.state_mb:,.0f} MB for weights, gradients, optimisers, averages; a step takes more")

    def forecast(self, recipe: Recipe, dataset: Path) -> None:
        """What a training would take, from a few real steps."""
        from ganvas.cli.progress import duration
        from ganvas.train.estimate import forecast

        with self.console.status("playing a few steps"):
            expected = forecast(recipe, dataset)
        both = expected.state_mb + expected.activations_mb
        parts = (
            f"{expected.state_mb:,.0f} weights, gradients, optimisers, averages; {expected.activations_mb:,.0f} a step"
        )
        self.say(f"memory      about {both:,.0f} MB beside Python and torch ({parts})")
        speed = f"{expected.images_per_second:,.1f} images a second, measured here"
        self.say(f"time        about {duration(expected.seconds)} ({speed}; sheets and metrics come on top)")

    # ── training and after ──────────────────────────────────────────────────────────────────────────────────────────

    def train(self, recipe: Recipe, run: RunDir, dataset: Path, *, called: str, fresh: bool) -> Summary:
        """Train and show it live."""
        from ganvas.cli.progress import TrainingView, duration
        from ganvas.train.trainer import train

        self.say(f"The run is {run.root} (Ctrl+C stops it and keeps everything).")
        with TrainingView(self.console, quiet=self.quiet) as view:
            summary = train(recipe, run, dataset, dataset_name=called, fresh=fresh, listener=view)
        if summary.state == "finished":
            spent = f"{duration(summary.seconds)}, {summary.images_per_second:,.0f} images a second"
            self.say(f"Trained to {summary.nimg / 1000:g} kimg ({spent}).")
        return summary

    def finish(self, run: RunDir) -> None:
        """Evaluate and bundle a run that is trained; without the weights that look at pictures, only bundle it."""
        try:
            self.compare(run.root)
        except UserError as error:
            self.say(f"Not evaluated: {error}", "yellow")
        self.export(run)

    def compare(
        self,
        path: Path,
        data: Path | None = None,
        count: int | None = None,
        features: str | None = None,
        *,
        everything: bool = False,
    ) -> None:
        """Measure a run or a bundle, as a table; with ``everything`` also as a report."""
        from ganvas.evaluate.protocol import missing_lpips
        from ganvas.evaluate.report import notes, result_of, table
        from ganvas.evaluate.run import evaluate
        from ganvas.models.features import missing_inception

        with self.console.status("evaluating"):
            verdict = evaluate(path, data, count=count, features=features, everything=everything)
        if features in (None, "auto") and (sentence := missing_inception()) is not None:
            self.say(sentence)
        results = [result_of(line) for line in verdict.lines]
        self.console.print(table(results))
        if any(result.metric == "psnr" for result in results) and (sentence := missing_lpips()) is not None:
            self.say(sentence)
        if verdict.report is not None:
            for sentence in notes(results):
                self.say(sentence)
            self.say(f"The report is {verdict.report}.")

    def export(
        self,
        run: RunDir,
        output: Path | None = None,
        onnx: bool | None = None,
        *,
        best: bool = False,
        whole: bool = False,
        int8: bool = False,
    ) -> None:
        """Write a run's bundle, of its newest or its best checkpoint."""
        from ganvas.inference.load import load_run
        from ganvas.release.export import export_run

        with self.console.status("exporting"):
            model = load_run(run, which="best" if best else "newest")
            bundle = export_run(model, output, onnx=onnx, whole=whole, int8=int8)
        graph = bundle.info.onnx
        told = f"ONNX differs by {graph.max_difference:.1g} at most" if graph else "no ONNX: see `ganvas doctor`"
        for step, tried in bundle.info.int8.items():
            found = f"LPIPS {tried.lpips:.4f} (at most {tried.most_lpips:g}), {tried.gain:g} times as fast here"
            self.say(f"{step}: {'in int8' if tried.kept else 'stays in float32, int8 is not worth it'}: {found}.")
        self.say(f"The bundle is {bundle.path} ({told}).")

    def trained(self, run: RunDir) -> None:
        """Where things lie and what to run next."""
        self.say(f"Sheets of samples: {run.sheets}   curves: {run.stats}   recipe: {run.recipe}")
        self.next(f"ganvas studio --runs {run.root.parent}")

    # ── this machine ────────────────────────────────────────────────────────────────────────────────────────────────

    def weights(self) -> None:
        """The pinned files and whether they are here."""
        from ganvas.weights import listing

        table = _table("name", "here", "size", "licence", "used for")
        for weight, path in listing():
            size = f"{weight.size / 1e6:.1f} MB"
            table.add_row(weight.name, "yes" if path else "no", size, weight.licence, weight.used_for)
        self.console.print(table)

    def findings(self, found: list[Finding]) -> None:
        """What a look at this machine found."""
        colours = {"well": "green", "less": "yellow", "bad": "red"}
        for finding in found:
            advice = f"  → {finding.advice}" if finding.advice else ""
            line = f"[{colours[finding.level]}]●[/] {finding.subject:<20}{escape(finding.state + advice)}"
            line = line.replace(f"{finding.subject:<20}", escape(f"{finding.subject:<20}"), 1)
            self.console.print(line, soft_wrap=True, highlight=False)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    return table
