"""Recipes: what a film's frames depend on, and where two of them differ."""

from pathlib import Path

from PIL import ImageFont

from perf.options import RenderOptions
from perf.recipe import differences, recipe
from perf.score import score

TITLE = '[[layer]]\n[[layer]]\nsource = "text"\ntext = "SEA"\nfont = "Brand.otf"\n'


def test_another_font_of_the_same_name_is_another_film(tmp_path: Path) -> None:
    letters = ImageFont.load_default(20).path.getvalue()  # type: ignore[union-attr]
    (tmp_path / "p.toml").write_text(TITLE)
    options = RenderOptions(str(tmp_path / "p.toml"), tmp_path / "film.mp4", seconds=1.0)
    made = []
    for font in (letters, letters, letters + b"\0"):
        (tmp_path / "Brand.otf").write_bytes(font)
        made.append(recipe(options, score(options)))
    assert list(differences(made[0], made[1])) == []
    assert [words.split(":")[0] for words in differences(made[1], made[2])] == ["fonts.2"]
