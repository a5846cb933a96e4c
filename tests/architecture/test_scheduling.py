"""Of three workers one begins with the browser tests, and no worker goes from them to other tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support.file_order import rank
from support.scheduling import BrowserApart


class Worker:
    """A worker that runs a test whenever it is asked to."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.queue: list[int] = []
        self.files: list[str] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.queue += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def distributed(files: dict[str, int], workers: int) -> list[list[str]]:
    """The files of each worker, in their order, where all tests take equally long."""
    tests = [f"{file}::test_{number}" for file, count in files.items() for number in range(count)]
    config = SimpleNamespace(getvalue=lambda name: ["popen"] * workers, option=SimpleNamespace(loadscopereorder=False))
    scheduler = BrowserApart(config)
    nodes = [Worker(f"gw{number}") for number in range(workers)]
    for node in nodes:
        scheduler.add_node(node)
    for node in nodes:
        scheduler.add_node_collection(node, tests)
    scheduler.schedule()
    while any(node.queue for node in nodes):
        moved = False
        for node in nodes:
            if len(node.queue) > 1 or (node.queue and node.shutting_down):  # the last waits for what comes after it
                moved = True
                test = node.queue.pop(0)
                file = tests[test].split("::")[0]
                node.files += [] if file in node.files else [file]
                scheduler.mark_test_complete(node, test)
        assert moved, "a worker waits for ever"
    return [node.files for node in nodes]


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_every_file_is_run_and_browser_files_come_last_of_each_worker(workers: int) -> None:
    files = {f"tests/a/test_{n}.py": 1 + n % 4 for n in range(9)}
    files |= {f"tests/browser/test_{n}.py": 1 + n % 3 for n in range(5)}
    taken = distributed(files, workers)
    assert sorted(file for worker in taken for file in worker) == sorted(files)
    for worker in taken:
        assert worker == sorted(worker, key=lambda file: "/browser/" in file)
    assert (taken[0][0] == "tests/browser/test_0.py") == (workers > 2)


def test_without_a_browser_all_share_the_work() -> None:
    taken = distributed({f"tests/a/test_{n}.py": 3 for n in range(6)}, 3)
    assert [len(worker) for worker in taken] == [2, 2, 2]


def test_the_longest_come_first_and_browser_tests_last() -> None:
    names = ["/t/browser/test_web_page.py", "/t/test_files.py", "/t/browser/test_train_page.py"]
    assert sorted([*names, "/t/contract/test_contract.py"], key=rank) == [
        "/t/contract/test_contract.py",
        "/t/test_files.py",
        "/t/browser/test_train_page.py",
        "/t/browser/test_web_page.py",
    ]
