"""Reads a Containerfile: its stages, each with its instructions in their order."""

import json
import re
import shlex
from dataclasses import dataclass, field


@dataclass
class Stage:
    """What one FROM begins; `steps` are (instruction, rest)."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, instruction: str) -> str:
        """The rest of its last such instruction."""
        found = [rest for step, rest in self.steps if step == instruction]
        assert found, f"the Containerfile has no {instruction}"
        return found[-1]

    def words(self, instruction: str) -> list[str]:
        """The words of one that is in its JSON form, after its options and CMD."""
        rest = re.sub(r"^(--\S+\s+)*(CMD\s+)?", "", self.last(instruction))
        found = json.loads(rest)
        assert isinstance(found, list)
        return [str(word) for word in found]

    @property
    def environ(self) -> dict[str, str]:
        """Its ENV."""
        words = [word for step, rest in self.steps if step == "ENV" for word in shlex.split(rest)]
        return dict(word.split("=", 1) for word in words)


def stages(text: str) -> list[Stage]:
    """The stages of a Containerfile."""
    found: list[Stage] = []
    plain = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    for line in plain.replace("\\\n", " ").splitlines():
        step, _, rest = line.strip().partition(" ")
        if step == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        elif step:
            found[-1].steps.append((step, rest.strip()))
    return found
