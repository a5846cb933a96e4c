"""The road from a crawl to a published model, for Apache Airflow 3: put this one file into the folder of DAGs.

collect → check → review → pack → train → evaluate → gate → export → publish

Each task is one `ganvas` command, run in one folder of a worker, and may be run again at any time: what is done already
is not done twice. Nothing of Ganvas is imported, so Airflow keeps an environment of its own. Read beside it: README.md.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, BaseOperator, BaseSensorOperator, Param
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

NO = 3  # exit code: a question was asked, and the answer is no
EXECUTABLE = "{{ var.value.get('ganvas_executable', 'ganvas') }}"
HOME = "{{ var.value.get('ganvas_home', '~/ganvas') }}"
SET = "{{ ti.xcom_pull(task_ids='pack') }}"
RUN = "{{ params.runs }}/{{ ti.xcom_pull(task_ids='pack').split('/')[-1][:-4] }}"


class Calling:
    """Calls `ganvas`, without a shell between: a parameter is one argument, whatever stands in it."""

    executable: str
    home: str
    log: Any
    _process: subprocess.Popen[str] | None = None

    def call(self, arguments: Sequence[str]) -> tuple[int, str]:
        """→ the exit code, and the last line said."""
        home = Path(self.home).expanduser()
        home.mkdir(parents=True, exist_ok=True)
        command = [str(Path(self.executable).expanduser()), *arguments]
        self.log.info("in %s: %s", home, shlex.join(command))
        last = ""
        with subprocess.Popen(
            command,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "160"},
            start_new_session=True,
        ) as process:
            self._process = process
            assert process.stdout is not None
            for line in process.stdout:
                last = line.strip() or last
                self.log.info("%s", line.rstrip())
        self._process = None
        return process.returncode, last

    def on_kill(self) -> None:
        """Ask the command to stop: a training saves, and goes on from there when the task runs again."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)


class GanvasOperator(Calling, BaseOperator):
    """One command.

    :param arguments: of the command; Jinja is rendered in each.
    :param options: option → the DAG's parameter that holds its value; null leaves it out, a list repeats it.
    :param for_each: a parameter that lists what one command each is run with, each written as on a command line.
    :param skip_on_no: exit code 3 skips the task instead of failing it.
    """

    template_fields = ("arguments", "executable", "home")

    def __init__(
        self,
        *,
        arguments: Sequence[str],
        options: Mapping[str, str] | None = None,
        for_each: str | None = None,
        skip_on_no: bool = False,
        executable: str = EXECUTABLE,
        home: str = HOME,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments = list(arguments)
        self.options = dict(options or {})
        self.for_each = for_each
        self.skip_on_no = skip_on_no
        self.executable = executable
        self.home = home

    def execute(self, context: Any) -> str:
        params = context["params"]
        given = [*self.arguments]
        for option, name in self.options.items():
            value = params[name]
            for one in value if isinstance(value, list) else [] if value is None else [value]:
                given += [option, str(one)]
        last, failed = "", []
        for more in params[self.for_each] if self.for_each else [""]:
            code, last = self.call([*given, *shlex.split(more)])
            if code == NO and self.skip_on_no:
                raise AirflowSkipException(last)
            if code == NO:
                raise AirflowFailException(last)  # asking again would not change the answer
            if code:  # the other sources are not to wait for this one
                failed.append(f"{more}: {last}" if more else last)
        if failed:
            raise AirflowException("; ".join(failed))
        return last


class GanvasSensor(Calling, BaseSensorOperator):
    """Waits until a command answers yes; skipped where a parameter says so.

    :param when: the parameter of the DAG that must be true for it to wait at all.
    """

    template_fields = ("arguments", "executable", "home")

    def __init__(
        self,
        *,
        arguments: Sequence[str],
        when: str,
        executable: str = EXECUTABLE,
        home: str = HOME,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments = list(arguments)
        self.when = when
        self.executable = executable
        self.home = home

    def poke(self, context: Any) -> bool:
        if not context["params"][self.when]:
            raise AirflowSkipException("The pictures are taken as the checks propose them.")
        code, last = self.call(self.arguments)
        if code not in (0, NO):
            raise AirflowException(last)
        return code == 0


TEXT, NUMBER = {"type": "string", "minLength": 1}, {"type": ["null", "number"]}

with DAG(
    dag_id="ganvas",
    description="From a crawl to a published model",
    doc_md=__doc__,
    schedule=os.environ.get("GANVAS_SCHEDULE") or None,  # such as @daily; by hand when unset
    catchup=False,
    max_active_runs=1,
    tags=["ganvas"],
    default_args={
        "retries": int(os.environ.get("GANVAS_RETRIES", "3")),
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
        "do_xcom_push": False,
    },
    params={
        "sources": Param(
            ["--collection avatars --count 500"],
            type="array",
            items=TEXT,
            description="what stands after `ganvas collect`, one source a line",
        ),
        "catalogue": Param("catalogue", **TEXT, description="folder of the catalogue"),
        "rules": Param("portrait", **TEXT, description="what counts as good: portrait, or a YAML file"),
        "wait_for_review": Param(True, type="boolean", description="wait until people have looked at the pictures"),
        "recipe": Param("dcgan-64-small", **TEXT, description="a name that `ganvas recipes` lists, or a YAML file"),
        "settings": Param([], type="array", items=TEXT, description="changes to the recipe, KEY=VALUE, one a line"),
        "kimg": Param(None, **NUMBER, exclusiveMinimum=0, description="length of the training; the recipe's if empty"),
        "features": Param("effnet", **TEXT, description="the network that looks at the pictures"),
        "metric": Param("kid_effnet", **TEXT, description="what the gate asks, and what a new model must be better by"),
        "at_most": Param(0.1, **NUMBER, description="the largest value that passes"),
        "at_least": Param(None, **NUMBER, description="the smallest value that passes"),
        "name": Param("portraits", **TEXT, description="what the published bundle is called"),
        "sets": Param("sets", **TEXT, description="folder of the packed pictures"),
        "runs": Param("runs", **TEXT, description="folder of the runs"),
        "bundles": Param("bundles", **TEXT, description="folder that the studio reads"),
    },
) as dag:
    collect = GanvasOperator(
        task_id="collect", arguments=["collect", "--catalog", "{{ params.catalogue }}"], for_each="sources"
    )
    check = GanvasOperator(
        task_id="check", arguments=["curate", "{{ params.catalogue }}", "--rules", "{{ params.rules }}"]
    )
    review = GanvasSensor(
        task_id="review",
        arguments=["review", "{{ params.catalogue }}", "--status"],
        when="wait_for_review",
        mode="reschedule",  # no worker waits with it
        poke_interval=timedelta(minutes=5),
        timeout=timedelta(days=14),
    )
    pack = GanvasOperator(
        task_id="pack",
        arguments=["pack", "{{ params.catalogue }}", "--for", "{{ params.recipe }}", "--into", "{{ params.sets }}"],
        options={"--set": "settings"},
        do_xcom_push=True,  # the last line said is where the set lies; its name follows from its content
        trigger_rule="none_failed",  # also when nobody is waited for
    )
    train = GanvasOperator(
        task_id="train",
        arguments=["train", "{{ params.recipe }}", "--data", SET, "--run", RUN, "--train-only"],
        options={"--kimg": "kimg", "--set": "settings"},
    )
    evaluate = GanvasOperator(task_id="evaluate", arguments=["evaluate", RUN, "--features", "{{ params.features }}"])
    gate = GanvasOperator(
        task_id="gate",
        arguments=["gate", RUN],
        options={"--metric": "metric", "--at-most": "at_most", "--at-least": "at_least"},
    )
    export = GanvasOperator(task_id="export", arguments=["export", RUN])
    publish = GanvasOperator(
        task_id="publish",
        arguments=["publish", RUN, "--to", "{{ params.bundles }}", "--name", "{{ params.name }}"],
        options={"--if-better": "metric"},
        skip_on_no=True,  # a model that is not better than the last is no accident
    )
    collect >> check >> review >> pack >> train >> evaluate >> gate >> export >> publish
