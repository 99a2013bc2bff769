"""Counts what came of the faults that were injected, and prints it as the table of docs/results.md."""

from collections import Counter, defaultdict

WHOLE, ONE_LINE = "done", "one line"  # all that should come of a fault: as without it, or a message that says what


class Tally:
    """How often each outcome came of each kind of fault."""

    def __init__(self):
        self.counts = defaultdict(Counter)
        self.wrong = []

    def add(self, kind, outcome, case=""):
        """Count an outcome: `WHOLE`, `ONE_LINE`, or in words what else came of a case."""
        self.counts[kind][outcome if outcome in (WHOLE, ONE_LINE) else "else"] += 1
        if outcome not in (WHOLE, ONE_LINE):
            self.wrong.append(f"{kind}: {case}: {outcome}")

    def total(self):
        """How many faults were counted, and in how many of them something else came."""
        return f"{sum(counts.total() for counts in self.counts.values())} faults, {len(self.wrong)} wrong"

    def table(self):
        """Return a row for each kind, and a line for each case in which something else came of it."""
        rows = [
            f"| {kind} | {sum(counts.values())} | {counts[WHOLE]} | {counts[ONE_LINE]} | {counts['else']} |"
            for kind, counts in self.counts.items()
        ]
        return "\n".join(
            ["| what | times | done | one line | else |", "| --- | --- | --- | --- | --- |", *rows, *self.wrong]
        )
