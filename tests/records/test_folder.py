"""Other people's pictures join with what is written of them, and bad files are named."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from perf.errors import UsageError
from perf.records.catalogue import archive, counts
from perf.records.folder import fitted, read, silent, upright
from perf.records.folder import written as said
from perf.records.sheet import contact_sheet, export, overview, tile


@pytest.fixture
def album(tmp_path):
    for name, colour in (("a.png", (250, 0, 0)), ("b.jpg", (0, 0, 250))):
        Image.new("RGB", (40, 30), colour).save(tmp_path / name)
    return tmp_path


def written(album, *rows):
    (album / "metadata.jsonl").write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows))
    return album


def test_a_table_says_caption_date_and_whose(album) -> None:
    first, second = read(
        written(
            album,
            {"file_name": "b.jpg", "text": "a blue wall", "date": "1932-05-01", "licence": "CC BY 4.0"},
            {"file_name": "a.png", "caption": "a red wall", "collection": "Walls", "maker": "N. N."},
        )
    )
    assert (first.caption, first.date, first.collection, first.maker, first.licence) == (
        "a red wall", None, "Walls", "N. N.", "unknown",
    )  # fmt: skip
    assert (second.date, second.collection, second.licence) == (1932, album.name, "CC BY 4.0")


def test_a_spreadsheet_does_too(album) -> None:
    (album / "metadata.csv").write_text(
        '\ufefffile_name,text,date,license\na.png,"a wall, red",1932,CC0\nb.jpg,blue,,\n'
    )
    first, second = read(album)
    assert (first.caption, first.date, first.licence) == ("a wall, red", 1932, "CC0")
    assert (second.caption, second.date, second.licence) == ("blue", None, "unknown")
    (album / "metadata.csv").write_text("file_name; text; date\nb.jpg; blue, and wide; 1932\n")
    assert [(record.caption, record.date) for record in read(album)] == [("blue, and wide", 1932)]
    (album / "metadata.csv").write_text("file_name,text,date\na.png,red,soon\n")
    with pytest.raises(UsageError, match=r"metadata\.csv:2: date 'soon'"):
        read(album)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file_name,text\na.png,red, and large\n", r"csv:2: 'and large' is more than the columns; put \" around"),
        ("picture,text\na.png,red\n", "csv:1: no column file_name; its columns are picture, text"),
        ("", "csv:1: no column file_name; its columns are none"),
    ],
)
def test_a_spreadsheet_that_is_another_is_refused(album, text: str, said: str) -> None:
    (album / "metadata.csv").write_text(text)
    with pytest.raises(UsageError, match=said):
        read(album)


def test_captions_have_the_letters_that_were_written(album, tmp_path) -> None:
    (album / "a.txt").write_text("a red wall", encoding="utf-8-sig")
    assert [record.caption for record in read(album)] == ["a red wall"]
    lines = "two\u2028lines,\u0085and more"
    (album / "metadata.csv").write_text(f"file_name,caption\na.png,{lines.replace(',', ';')}\n")
    assert [record.caption for record in read(album)] == [lines.replace(",", ";")]
    (album / "metadata.csv").unlink()
    export(tmp_path / "out", read(written(album, {"file_name": "a.png", "caption": lines})), size=(32, 16))
    assert [record.caption for record in read(tmp_path / "out")] == [lines]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "the sea\nfür alle"),
        ("metadata.csv", "file_name,text\na.png,für alle\n"),
        ("metadata.jsonl", '\n{"file_name": "a.png", "text": "für alle"}'),
    ],
)
@pytest.mark.parametrize(
    ("code", "place"), [("cp1252", "2: not UTF-8 .byte 0xfc"), ("utf-16", "1: not UTF-8 .byte 0x")]
)
def test_letters_of_another_code_are_refused_and_not_lost(album, name: str, text: str, code: str, place: str) -> None:
    (album / name).write_bytes(text.encode(code))
    with pytest.raises(UsageError, match=rf"{name}:{place}.*; save it as UTF-8"):
        read(album)


def test_half_a_letter_is_none(album, tmp_path) -> None:
    written(album, '{"file_name": "a.png", "caption": "a \\ud83d moon", "maker": "\\udcff"}')
    (record,) = read(album)
    assert (record.caption, record.maker) == ("a ? moon", "?")
    export(tmp_path / "out", [record], size=(32, 16))
    assert [one.caption for one in read(tmp_path / "out")] == [record.caption]


def test_pictures_lie_in_folders_within_and_are_of_any_format(album, monkeypatch) -> None:
    (album / "within").mkdir()
    for name in ("within/a.bmp", "b.gif"):
        Image.new("RGB", (8, 8)).save(album / name)
        (album / name).with_suffix(".txt").write_text(name)
    (album / "b.jpg").unlink()
    (album / "phone.HEIC").write_bytes(b"no format of Pillow's")
    (album / "phone.txt").write_text("a harbour")
    monkeypatch.chdir(album)
    found = read(Path())
    assert [(record.path.name, record.collection) for record in found] == [
        (name, album.name) for name in ("b.gif", "phone.HEIC", "a.bmp")
    ]
    assert silent(Path(), found) == 1
    assert fitted(found[2], (8, 8)).shape == (8, 8, 3)
    with pytest.raises(UsageError, match=r"phone\.HEIC: not a picture .* save it anew"):
        upright(found[1].path)


def test_a_picture_that_cannot_be_read_is_refused_before_anything_is_written(album, tmp_path) -> None:
    (album / "a.txt").write_text("a red wall")
    (album / "a.png").write_bytes(b"")
    with pytest.raises(UsageError, match=r"a\.png: not a picture"):
        export(tmp_path / "out", [*archive(2), *read(album)], size=(32, 16))
    assert not (tmp_path / "out").exists()


def test_pictures_may_be_links_as_in_a_hub_s_cache(album) -> None:
    blobs, linked = album / "blobs", album / "linked"
    blobs.mkdir()
    linked.mkdir()
    (album / "a.png").rename(blobs / "1f3a")
    (linked / "a.png").symlink_to("../blobs/1f3a")
    for caption in ("by a text", "by a table"):
        (linked / "a.txt").write_text(caption)
        (record,) = read(linked)
        assert (record.caption, silent(linked, [record])) == (caption, 0)
        assert np.array_equal(fitted(record, (16, 8)), np.full((8, 16, 3), (250, 0, 0), np.uint8))
        written(linked, {"file_name": "a.png", "caption": "by a table"})


GREYS = np.linspace(0.0, 1.0, 5)


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("grey.png", (GREYS * 65535).astype(np.uint16)),
        ("grey.tif", (GREYS * 65535).astype(np.uint16)),
        ("other-order.tif", (GREYS * 65535).astype(">u2")),
        ("float.tif", GREYS.astype(np.float32)),
    ],
)
def test_pictures_of_more_than_8_bits_are_neither_white_nor_black(album, name: str, picture: np.ndarray) -> None:
    mode = {"<u2": "I;16", ">u2": "I;16B", "<f4": "F"}[picture.dtype.str]
    Image.frombytes(mode, (5, 1), picture.tobytes()).save(album / name)
    assert np.asarray(upright(album / name))[0] == pytest.approx(np.repeat(GREYS[:, None] * 255, 3, 1), abs=1)


@pytest.mark.parametrize("high", [40000.0, float("nan")])
def test_a_picture_whose_white_nobody_knows_is_refused(album, high: float) -> None:
    Image.fromarray(np.float32([[0.5, high]])).save(album / "height.tif")
    with pytest.raises(UsageError, match=r"height\.tif: .*it has values up to (4?0000|nan|40000), and white is 1"):
        upright(album / "height.tif")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(album, mode: str) -> None:
    picture = Image.new("RGBA", (2, 1), (51, 51, 51, 255))
    picture.putpixel((0, 0), (51, 51, 51, 0))
    picture.convert(mode).save(album / "stamp.png")
    assert np.asarray(upright(album / "stamp.png"))[0].tolist() == [[255] * 3, [51] * 3]


def test_pictures_of_which_nothing_is_written_are_counted(album) -> None:
    (album / "a.txt").write_text("a red wall\n")
    assert silent(album, read(album)) == 1
    (album / "b.txt").write_text("a blue wall\n")
    assert silent(album, read(album)) == 0


def test_text_files_beside_the_pictures_do_too(album) -> None:
    (album / "a.txt").write_text("a red wall\n")
    (record,) = read(album)
    assert record.caption == "a red wall"
    assert np.array_equal(fitted(record, (16, 8)), np.full((8, 16, 3), (250, 0, 0), np.uint8))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "metadata.jsonl:1: not JSON"),
        ("[1]", "metadata.jsonl:1: a list"),
        ({"file_name": "a.png"}, "caption must be text"),
        ({"file_name": "none.png", "caption": "x"}, "'none.png' is not a file"),
        ({"file_name": "../a.png", "caption": "x"}, "is not a file in"),
        ({"file_name": "a.png", "caption": "x", "date": "yesterday"}, "'yesterday'; write a year"),
        ({"file_name": "a.png", "caption": "x", "date": 20000}, "20000; write a year"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(album, row, said) -> None:
    with pytest.raises(UsageError, match=said):
        read(written(album, row))


def test_an_empty_folder_a_missing_one_and_a_broken_picture_are_said(album, tmp_path) -> None:
    with pytest.raises(UsageError, match="no picture with a caption"):
        read(album)
    with pytest.raises(UsageError, match="no such folder"):
        read(tmp_path / "none")
    (album / "c.png").write_bytes(b"\x89PNG no")
    (album / "c.txt").write_text("broken")
    with pytest.raises(UsageError, match=r"c\.png: not a picture"):
        fitted(read(album)[0], (8, 8))
    raw = (album / "a.png").read_bytes()
    (album / "c.png").write_bytes(raw.replace(b"IDAT", b"\x1eD\xc3T"))
    with pytest.raises(UsageError, match=r"c\.png: not a picture"):
        fitted(read(album)[0], (8, 8))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_table_is_read_or_refused(album, raw) -> None:
    for name in ("metadata.jsonl", "metadata.csv"):
        (album / name).write_bytes(raw)
        try:
            read(album)
        except UsageError as error:
            assert str(error)
        (album / name).unlink()


def test_a_sheet_and_an_export_are_written_with_what_is_true(album, tmp_path) -> None:
    (album / "a.txt").write_text("a red wall")
    entries = [*archive(3), *read(album)]
    contact_sheet(tmp_path / "sheet.png", entries, columns=2, size=(32, 16))
    out = tmp_path / "out"
    export(out, entries, size=(32, 16))
    rows = [json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()]
    assert [row["file_name"] for row in rows] == [f"{n:06d}.png" for n in range(4)]
    assert rows[0]["truth"]["subject"]
    assert rows[0].keys() == rows[3].keys()
    assert [rows[3][key] for key in ("truth", "date", "seed", "mask", "depth")] == [None] * 5
    assert rows[2]["mask"] == "mask/000002.png"
    assert counts(entries[:3], map(said, entries[3:]))["collection"][album.name] == 1
    edited = [json.loads(line) for line in (out / "edits.jsonl").read_text().splitlines()]
    assert len(edited) == 3
    for place in ("000002.png", "mask/000002.png", "depth/000002.png", edited[2]["after"]):
        with Image.open(out / place) as image:
            assert image.size == (32, 16)
    assert not (out / "mask" / "000003.png").exists()
    assert len(overview()) == 25 * 8


def test_an_export_of_drawn_records_names_masks_and_depths_as_imagefolder_reads_them(tmp_path) -> None:
    export(tmp_path, archive(2), size=(32, 16))
    for line in (tmp_path / "metadata.jsonl").read_text().splitlines():
        row = json.loads(line)
        for kind in ("mask", "depth"):
            assert row[f"{kind}_file_name"] == f"{kind}/{row['file_name']}"
            assert (tmp_path / row[f"{kind}_file_name"]).is_file()


def test_a_sheet_is_a_picture_by_its_name(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"x\.foo: not the name of a picture; end it with \.png"):
        contact_sheet(tmp_path / "x.foo", archive(2))


@pytest.mark.parametrize(("name", "most", "count"), [("x.webp", 16383, 889), ("x.JPG", 65500, 3545)])
def test_a_sheet_that_its_format_cannot_hold_is_refused_before_it_is_drawn(tmp_path, name, most, count) -> None:
    with pytest.raises(UsageError, match=rf"{count} pictures .* in height, and .* has {most} at most; end its .* .png"):
        contact_sheet(tmp_path / name, archive(1) * count)


def test_tiling_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        tile([], 3)
