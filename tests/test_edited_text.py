"""A settings file is read as any editor saves it, or one sentence says how to save it (M23)."""

import codecs
from pathlib import Path

import pytest

from main_controller.edited_text import edited_text


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_mark_and_other_line_ends_do_no_harm(mark: bytes, end: bytes, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(mark + end.join(("title = '東'".encode(), b"b_port = 1", b"")))
    assert edited_text(path) == "title = '東'\nb_port = 1\n"


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_one_clear_sentence(coding: str, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes("b_port = 1\r\n".encode(coding))
    with pytest.raises(ValueError, match=r"^it is saved as UTF-16; save it as UTF-8$"):
        edited_text(path)


def test_another_coding_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(b"b_port = 1\r\n" + "title = '東'".encode("shift-jis"))
    with pytest.raises(ValueError, match=r"^line 2 holds a byte that is not UTF-8; save it as UTF-8$"):
        edited_text(path)
