"""Golden tests: what Ganvas shows to the outside, compared with what was recorded.

They reach the product through its outside alone: the command line, HTTP, and the files it writes. So they hold whatever
is moved or renamed inside. ``outside.py`` is the only file that imports ``ganvas``; a renamed function costs one line.

Recorded values lie in ``recorded/*.json``, with sorted keys. After a change that is meant, record them again, look at
the difference with git, and commit it with the change::

    python -m pytest tests/golden --record

Wording (help texts, descriptions, error sentences, the ``about`` line of a recipe) is not recorded: names, types,
values and structure are.

Numbers that come from float arithmetic are equal to the last bit on the same processor with the same libraries, and
differ elsewhere. Each recorded file that holds such numbers names the machine it was recorded on
(``records.machine``): on that machine they are compared exactly, elsewhere with a wide tolerance, because a few steps
of Adam turn a rounding error into a visible difference. To prove that a change keeps every bit, record before the
change and compare after it on one machine.
"""
