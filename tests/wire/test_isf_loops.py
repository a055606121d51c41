"""Loops: which end for sure, which never do, and which have to be tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.isf_loops import survey


@pytest.mark.parametrize(
    "loop",
    [
        "for (int i = 0; i < 10; i++) x += 1.0;",
        "for (int i=0;i<=10;++i) { x += 1.0; }",
        "for (float i = 1.; i > 0.0; i -= 0.1) if (x > 1.0) x = 0.0; else x += 1.0;",
        "for (int i = 9; 0 <= i; i--) {}",
        "for (int i = -N; i <= N; i++) for (int j = -N; j <= N; ++j) {}",
        "const int M = 7; for (int i = 0; i < M * 2 + 1; i++) {}",
        "for (int i = 0; i < int(8); i++) { if (x > 2.0) break; }",
        "for (float i = 0.0; i < amount; i += 1.0) {}",
        "for (int i = 0; i < 64 && x < limit; i++) {}",
        "for (int i = 5; i < 2; i++) {}",
        "// while (true) {}\n/* for (;;) {} */",
        "\n#if 0 // no more\nwhile (true) {}\n#else\nfor (int i = 0; i < 9; i++) {}\n#endif",
        "float format = 1.0; float before = 2.0;",
        "for (int i = 0; i < 10; i += 2) {}",
    ],
)
def test_what_counts_between_constants_ends(loop: str) -> None:
    found = survey(f"#define N 4.\nvoid main() {{ {loop} }}", known={"amount": 30.0})
    assert (found.endless, found.suspect) == ("", "")


@pytest.mark.parametrize(
    "loop",
    [
        "while (true) {}",
        "while (1) { x += 1.0; }",
        "for (;;) { x += 1.0; }",
        "for (int i = 0; true; i++) { x += 1.0; }",
        "do { x += 1.0; } while (true);",
        "for (int i = 0; i < 10; i--) { x += 1.0; }",
        "for (int i = 0; i < 10; i += 0) { x += 1.0; }",
        "for (int i = 0; i < 9; i++) { while (true) x += 1.0; }",
        "while (true)\n#if 0\n{ break; }\n#endif\n{}",
    ],
)
def test_what_obviously_never_ends_is_refused_on_its_line(loop: str) -> None:
    found = survey(f"\nvoid main() {{\n{loop}\n}}", 5)
    assert "never ends: give it an end, or a break" in found.endless
    assert found.line == 7


@pytest.mark.parametrize(
    "loop",
    [
        "while (x < 3.0) x += 0.1;",
        "while (true) { if (x > 1.0) break; }",
        "for (;;) { return; }",
        "for (int i = 0; i < count; i++) {}",
        "for (int i = 0; i < 10; i++) { i = 0; }",
        "for (int i = 0; i < 10; i++) { --i; }",
        "for (int i = 0; i < 10; i += step) {}",
        "for (int i = 0; i != 10; i += 3) {}",
        "for (int i = start; i < 10; i++) {}",
        "do { x += 1.0; } while (x < 3.0);",
        "for (int i = 0; i < 2000000000; i++) { x += 1.0; }",
        "for (int i = 0; i < 100; i++) for (int j = 0; j < 100; j++) {}",
        "for (int i = 0; i < 10; i--) { if (x > 1.0) break; }",
        "for (int i",
        "while",
    ],
)
def test_what_cannot_be_told_is_suspect(loop: str) -> None:
    found = survey(f"void main() {{ {loop} }}")
    assert found.suspect
    assert not found.endless


G = "{if(isf_rounds++>5000)break;"


@pytest.mark.parametrize(
    ("loop", "guarded"),
    [
        ("while (x < 1.0) x += a;", f"while (x < 1.0) {G}x += a;}}"),
        ("while (x < 1.0) { x += a; }", f"while (x < 1.0) {G}{{ x += a; }}}}"),
        ("do x += a; while (x < 1.0);", f"do {G}x += a;}} while (x < 1.0);"),
        ("while (a) while (b) x++;", f"while (a) {G}while (b) {G}x++;}}}}"),
        ("while (a) do x++; while (b); y++;", f"while (a) {G}do {G}x++;}} while (b);}} y++;"),
        (
            "while (a) switch (n) { case 0: x++; break; default: x--; } y++;",
            f"while (a) {G}switch (n) {{ case 0: x++; break; default: x--; }}}} y++;",
        ),
        ("if (a) while (b) x++; else x--;", f"if (a) while (b) {G}x++;}} else x--;"),
        ("for (int i = 0; i < 9; i++) for (;;) { if (x > 1.0) break; }", None),
        ("while /* a */ (x < 1.0) // b {\n x += a;", f"while /* a */ (x < 1.0) // b {{\n {G}x += a;}}"),
        ("for (int i = 0; i < 9; i++) {}", ""),
    ],
)
def test_what_cannot_be_told_is_guarded(loop: str, guarded: str | None) -> None:
    if guarded is None:
        guarded = loop.replace("{ if", G + "{ if") + "}"
    assert survey(loop).guarded == guarded


@pytest.mark.parametrize(
    "text", ["#if 1\nwhile (x) {\n#else\nwhile (y) {\n#endif\n}", "#define OPEN {\nwhile (x) OPEN }"]
)
def test_where_the_preprocessor_sets_brackets_no_guard_is_set(text: str) -> None:
    assert survey(text).suspect
    assert survey(text).guarded == ""


def test_what_is_much_for_a_compiler_is_suspect_without_a_loop() -> None:
    assert survey("float a[1001];").suspect == "an array of 1001 elements is much for a compiler"
    assert survey("float a[1000];" + " " * 1000).suspect == ""
    assert survey(" " * 100_001).suspect == "100001 characters are much for a compiler"


def test_what_is_too_much_to_look_through_is_suspect() -> None:
    assert "characters" in survey("for" + " " * 200_000).suspect
    assert "more than 200 loops" in survey("for (int i = 0; i < 2; i++) {}" * 201).suspect
    assert "a macro" in survey("#define LOOP \\\n for (;;)\nvoid main() {}").suspect


pieces = st.sampled_from(
    [
        "for",
        "while",
        "do",
        "(",
        ")",
        "{",
        "}",
        ";",
        "i",
        "=",
        "0",
        "<",
        "9",
        "++",
        "true",
        "if",
        "else",
        "break",
        "-",
        "#define N 3\n",
        " ",
    ]
)


@given(st.one_of(st.lists(pieces, max_size=60).map(" ".join), st.text(max_size=80)))
def test_any_text_is_looked_through(text: str) -> None:
    survey(f"for {text}")


def test_deep_nesting_is_no_trouble() -> None:
    assert survey("while (x) " * 150).suspect
    assert survey("if (x) " * 20_000 + "while (x) {}").suspect
