"""Tables in text form: any usual encoding and separator, and lone quotes where the table stays clear."""

import pytest

from colourmaps.importing import workbook
from colourmaps.importing.reader.refusal import Exit
from colourmaps.importing.workbook import UnreadableFile, read_workbook


@pytest.fixture
def rows_of(tmp_path):
    """The rows of a text file with this content."""

    def rows(content: str | bytes) -> list[list[object]]:
        path = tmp_path / "resultat.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (sheet,) = read_workbook(path).sheets
        return sheet.rows

    return rows


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Namn;Klass;Poäng\r\nÅsa;4A;12,5\r\nEva, Liv;4A;3\r\n", "utf-8"),
        ("Namn;Klass;Poäng\nÅsa;4A;12,5\nEva, Liv;4A;3\n", "utf-8-sig"),
        ("Namn\tKlass\tPoäng\nÅsa\t4A\t12,5\nEva, Liv\t4A\t3\n", "utf-16"),
        ("Namn;Klass;Poäng\nÅsa;4A;12,5\nEva, Liv;4A;3\n", "cp1252"),
        ("Namn|Klass|Poäng\nÅsa|4A|12,5\nEva, Liv|4A|3\n", "utf-8"),
        ('Namn,Klass,Poäng\nÅsa,4A,"12,5"\n"Eva, Liv",4A,3\n', "utf-8"),
    ],
)
def test_text_tables_in_the_usual_forms(tmp_path, text, encoding):
    path = tmp_path / "resultat.csv"
    path.write_bytes(text.encode(encoding))
    (sheet,) = read_workbook(path).sheets
    assert sheet.rows == [["Namn", "Klass", "Poäng"], ["Åsa", "4A", "12,5"], ["Eva, Liv", "4A", "3"]]


def test_short_lines_of_a_text_table_are_filled_up(tmp_path):
    path = tmp_path / "resultat.csv"
    path.write_text("Rubrik\n\na;b;c\n1;2\n")
    (sheet,) = read_workbook(path).sheets
    assert sheet.rows == [["Rubrik", None, None], [None, None, None], ["a", "b", "c"], ["1", "2", None]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(rows_of, encoding):
    assert rows_of("Namn\tPoäng\nÅsa\t3\n".encode(encoding)) == [["Namn", "Poäng"], ["Åsa", "3"]]


def test_utf_16_that_is_broken_off_is_refused(rows_of):
    with pytest.raises(UnreadableFile) as caught:
        rows_of("Namn\tPoäng\nÅsa\t3\n".encode("utf-16")[:-1])
    assert caught.value.sentence == workbook.SENTENCES[Exit.DAMAGED]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_line_that_names_the_separator_is_no_row(rows_of, line):
    assert rows_of(line + "a,x;b,y\n1,5;2\n") == [["a,x", "b,y"], ["1,5", "2"]]


def test_line_breaks_and_separators_within_quotes(rows_of):
    assert rows_of('Namn;Not\n"Ada; B";"en\nrad"\nBo;"säger ""hej"""\n') == [
        ["Namn", "Not"],
        ["Ada; B", "en\nrad"],
        ["Bo", 'säger "hej"'],
    ]


def test_separators_in_quotes_do_not_decide(rows_of):
    assert rows_of('a,b\n"1;2;3;4",x\n"1;2;3;4",y\n') == [["a", "b"], ["1;2;3;4", "x"], ["1;2;3;4", "y"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a;b\n1;"2\n3;4\n', [["a", "b"], ["1", '"2'], ["3", "4"]]),
        ('a;b\n1;"x" y\n"3";4\n', [["a", "b"], ["1", '"x" y'], ["3", "4"]]),
        ('a;b\n1;"2\n3;4\n5;6"\n', [["a", "b"], ["1", "2\n3;4\n5;6"]]),
        ('a;b\n"1;2\n3;4\n5";6\n', [["a", "b"], ["1;2\n3;4\n5", "6"]]),
        ('a;b\n1;"2\n3;"4\n5;6\n', [["a", "b"], ["1", '"2'], ["3", '"4'], ["5", "6"]]),
    ],
)
def test_lone_quotes_are_letters_where_the_table_stays_clear(rows_of, text, rows):
    assert rows_of(text) == rows


def test_lone_quote_in_a_ragged_table_is_refused_as_such(rows_of):
    with pytest.raises(UnreadableFile) as caught:
        rows_of('a;b;c\n1;2;3\n1;"2\n3;4;5\n')
    assert caught.value.sentence == workbook.SENTENCES[Exit.LONE_QUOTE]


def test_stray_control_character_is_let_through_and_zero_is_not(rows_of):
    text = "Namn;Poäng\n" + "Ada;3\n" * 50
    assert rows_of(text + "Bo\x02;4\n")[-1] == ["Bo\x02", "4"]
    with pytest.raises(UnreadableFile):
        rows_of(text + "Bo\0;4\n")
