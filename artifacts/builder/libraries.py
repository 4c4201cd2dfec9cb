"""The compiled libraries of a voice and TVM's beside them, for the system that builds or for another.

Made by `build` for one build. Here a target is one step: compile and link. For another system it is two, so that where a linker
turns up later nothing is compiled again; without one the object file is what the voice holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .compile import Compiler
from .environment import Environment
from .places import Places
from .platforms import Platform
from .progress import Progress
from .recipe import Recipe
from .step import OUTPUTS, Steps
from .target import Target

Link = Callable[[Sequence[str], Platform, Path, Path, Path], None]
Fetch = Callable[[Recipe, Places, Environment, Platform, Path], None]


@dataclass
class Libraries:
    """What makes them; `used` are the steps that were asked for."""

    recipe: Recipe
    places: Places
    progress: Progress
    environment: Environment
    compiler: Compiler
    link: Link
    fetch: Fetch
    steps: Steps
    used: set[Path] = field(default_factory=set)

    def compiled(self, target: Target) -> Path:
        """The folder with the library for one of the targets, or with its object file where nothing here can link it."""
        if not self.recipe.platform:
            return self._step("compile", self.recipe.compile_key(target), lambda to: self._compile(target, to))
        made = self._step("compile", self.recipe.compile_key(target), lambda to: self._compile_object(target, to))
        if not self.recipe.linker:
            return made
        source = made / self.recipe.object_name(target)
        return self._step("link", self.recipe.link_key(target), lambda to: self._link(source, target, to))

    def runtime(self) -> dict[str, Path]:
        """TVM's libraries that a voice carries: file name to path, in the order in which they are loaded."""
        platform = self.recipe.platform
        if not platform:
            return self.environment.libraries()
        if not platform.wheel:
            return {}
        folder = self._step("runtime", self.recipe.runtime_key(), lambda to: self._fetch(platform, to))
        return {path.name: path for path in sorted(folder.iterdir()) if path.name != OUTPUTS}

    def _step(self, name: str, key: str, make: Callable[[Path], None]) -> Path:
        folder = self.steps.ensure(name, key, make)
        self.used.add(folder)
        return folder

    def _compile(self, target: Target, folder: Path) -> None:
        with self.progress.step(f"Compiling the voice for {target.name}") as report:
            self.compiler.library(folder, target, report)

    def _compile_object(self, target: Target, folder: Path) -> None:
        with self.progress.step(f"Compiling the voice for {target.name} on {self.recipe.platform.name}") as report:
            self.compiler.object(folder, target, report)

    def _link(self, source: Path, target: Target, folder: Path) -> None:
        library = folder / self.recipe.library_name(target, "")
        with self.progress.step(f"Linking the voice for {target.name}"):
            self.link(self.recipe.linker, self.recipe.platform, source, library, self.places.logs / "link.log")

    def _fetch(self, platform: Platform, folder: Path) -> None:
        with self.progress.step(f"Fetching TVM's library for {platform.name}"):
            self.fetch(self.recipe, self.places, self.environment, platform, folder)
