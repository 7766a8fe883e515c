from __future__ import annotations

import gzip

import pytest

import purenn as pn
from purenn.errors import FormatError, LabelError, OptionError


@pytest.fixture
def written(tmp_path):
    def write(text, pack=bytes):
        path = tmp_path / "table.csv"
        path.write_bytes(pack(text if isinstance(text, bytes) else text.encode()))
        return path

    return write


PETS = "weight,height,pet\n4.5,25,dog\n30,6e1,cat\n5,-20,dog\n"
PETS_X = [[4.5, 25.0], [30.0, 60.0], [5.0, -20.0]]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_load_csv_numbers_the_classes_and_names_them(pack, written):
    table = pn.load_csv(written(PETS, pack))
    assert table == (PETS_X, [1, 0, 1], ("weight", "height"), ("cat", "dog"))
    assert [table.classes[y] for y in table.y] == ["dog", "cat", "dog"]
    assert {type(value) for row in table.x for value in row} == {float}
    assert {type(y) for y in table.y} == {int}
    assert type(table) is pn.data.Table


@pytest.mark.parametrize(
    ("cells", "y", "kind"),
    [
        (["0", "2", "1"], [0, 2, 1], int),
        (["0.0", "2.000e+00", "-1"], [0, 2, -1], int),
        (["0", "2.5", "1"], [0.0, 2.5, 1.0], float),
        (["1e300", "1", "2"], [1e300, 1.0, 2.0], float),
        (["9007199254740993", "1", "2"], [2.0**53, 1.0, 2.0], float),
        (["yes", "no", "yes"], [1, 0, 1], int),
        (["nan", "no", "inf"], [1, 2, 0], int),
    ],
)
def test_load_csv_takes_whole_numbers_numbers_and_texts_as_targets(cells, y, kind, written):
    found = pn.load_csv(written("".join(f"1.0,{cell}\n" for cell in cells)))
    assert found.y == y
    assert {type(target) for target in found.y} == {kind}
    assert found.columns == ()
    assert (found.classes == ()) == (cells[1] != "no")


def test_load_csv_takes_classes_as_they_were_trained_on(written):
    assert pn.load_csv(written(PETS), classes=("dog", "bird", "cat")).y == [0, 2, 0]
    digits = pn.load_csv(written("1,7\n2,3\n"), classes=["3", "7"])
    assert (digits.y, digits.classes) == ([1, 0], ("3", "7"))
    with pytest.raises(
        LabelError, match=r"table.csv, line 3 is of class 'cat', wanted one of classes=\('dog',"
    ):
        pn.load_csv(written(PETS), classes=("dog", "bird"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", True),
        ("1,2\n3,4\n", False),
        ("a,b\n1,x\n", True),  # the text above a number tells
        ("1,x\n2,y\n", False),
        ("label,0,1\n5,0.5,0.25\n", None),  # 0 and 1 may be names of columns, or the first sample's numbers
        ("?,2,x\n1,3,y\n", None),  # a missing value is no header
        (",2,x\n1,3,y\n", None),
        (",x\n1,y\n", None),
        (",a,b\n0,1.5,2\n", True),  # a first column without a name, as pandas writes its index
        ("a,b\n", True),
        ("1,x\n", False),
    ],
)
def test_load_csv_finds_out_about_headers(text, found, written):
    path = written(text)
    if found is None:
        with pytest.raises(FormatError, match=r"first line has .* among numbers, .* say header=True or"):
            pn.load_csv(path)
    elif found and text.count("\n") == 1:
        with pytest.raises(FormatError, match="has a header and no rows"):
            pn.load_csv(path)
    else:
        assert pn.load_csv(path) == pn.load_csv(path, header=found)
        assert bool(pn.load_csv(path).columns) == found


def test_load_csv_is_told_about_headers(written):
    named = pn.load_csv(written("label,0,1\n5,0.5,0.25\n"), header=True, target="label")
    assert named == ([[0.5, 0.25]], [5], ("0", "1"), ())
    assert pn.load_csv(written("1,2\n3,4\n"), header=True) == ([[3.0]], [4], ("1",), ())


@pytest.mark.parametrize(
    ("target", "y"), [(0, [1, 4]), (1, [2, 5]), (-1, [3, 6]), (-3, [1, 4]), ("b", [2, 5])]
)
def test_load_csv_takes_any_column_as_target(target, y, written):
    table = pn.load_csv(written("a,b,c\n1,2,3\n4,5,6\n"), target=target)
    assert table.y == y
    rest = [
        [value for value in row if value != label]
        for row, label in zip([[1, 2, 3], [4, 5, 6]], y, strict=True)
    ]
    assert table.x == rest
    assert len(table.columns) == 2


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("\ufeffa,b,c\r\n1,2,x\r\n3,4,y\r\n", {}),
        ("a, b, c\n1, 2, x\n\n3, 4 , y\n\n", {}),
        ("a;b;c\n1;2;x\n3;4;y", {"delimiter": ";"}),
        ("a\tb\tc\n1\t2\tx\n3\t4\ty\n", {"delimiter": "\t"}),
        ("a b c\n1 2 x\n3 4 y\n", {"delimiter": " "}),
        ('"a","b","c"\n"1","2","x"\n3,4,"y"\n', {}),
    ],
)
def test_load_csv_reads_the_usual_dialects(text, options, written):
    assert pn.load_csv(written(text), **options) == ([[1.0, 2.0], [3.0, 4.0]], [0, 1], ("a", "b"), ("x", "y"))


def test_load_csv_keeps_delimiters_and_lines_in_quotes(written):
    table = pn.load_csv(written('1,"a,b"\n2,"c\nd"\n3,\u00e9\n'))
    assert table.classes == ("a,b", "c\nd", "\u00e9")
    with pytest.raises(FormatError, match="line 4 has 1 columns and the first 2"):
        pn.load_csv(written('1,"a\nb"\n2,x\n3\n'))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "table.csv is empty: wanted one line a sample"),
        ("\n\n", "table.csv is empty"),
        ("1\n2\n", "has 1 column, wanted at least 2, .* is the delimiter another than ','"),
        ("1;2\n3;4\n", "has 1 column"),
        ("1,2,3\n4,5\n", "line 2 has 2 columns and the first 3: is a value missing"),
        ("1,2\n\n4,5,6\n", "line 3 has 3 columns and the first 2"),
        ("1,2,3\n4,,6\n", r"line 2, column 1 \(of 0 to 2\) is empty, wanted a finite number"),
        ("1,2,3\n4, ,6\n", r"line 2, column 1 \(of 0 to 2\) is empty"),
        ("a,b,c\n1,2,3\n4,?,6\n", r"line 3, column 1 \(b\) holds '\?', wanted a finite number"),
        ("a,b,c\n1,2,3\nx,5,6\n", r"line 3, column 0 \(a\) holds 'x'"),
        ("1,2,3\n4,nan,6\n", "line 2, column 1 .* holds 'nan'"),
        ("1,2,3\n4,1e999,6\n", "holds '1e999'"),
        ("1,2,3\n4,1_0,6\n", "holds '1_0'"),
        ("1,2,3\n4,5,\n", r"line 2, column 2 \(of 0 to 2\) is empty, wanted a number as in other lines"),
        ("1,2,x\n4,5,\n", "line 2, column 2 .* is empty, wanted a class"),
        ("1,2,3\n4,5,?\n", r"line 2, column 2 .* holds '\?', wanted a number as in other lines \(or give cl"),
        ("1,2,3\n4,5,nan\n", "line 2, column 2 .* holds 'nan', wanted a number"),
        ('1,"x\n2,y\n', "table.csv, after line 2: .*end of data: wanted comma-separated text in UTF-8"),
        (b"1,2\n3,\xff\n", "table.csv, after line 1: .*utf-8.*can't decode"),
        (b"\x1f\x8b12345678", "the gzip file is damaged"),
        (gzip.compress(b"1,2\n" * 100)[:-9], "the gzip file is damaged: .*: get it again"),
    ],
)
def test_load_csv_refuses_broken_files(text, match, written):
    with pytest.raises(FormatError, match=match) as caught:
        pn.load_csv(written(text))
    assert str(caught.value).startswith("load_csv: ")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (
            {"target": 3},
            r"target=3 is no one column of .*table.csv, which has 3 columns, from 0 to 2, and names we",
        ),
        ({"target": -4}, "target=-4 is no one column"),
        ({"target": "age"}, "target='age' is no one column of .* names weight, height, pet"),
        ({"target": "age", "header": False}, "3 columns, from 0 to 2, and no header"),
        ({"target": 1.0}, "target=1.0: wanted the number of a column, or its name"),
        ({"target": True}, "target=True"),
        ({"header": "yes"}, "header='yes': wanted True, False, or None"),
        ({"header": 1}, "header=1"),
        ({"delimiter": ", "}, "delimiter=', ': wanted one character"),
        ({"delimiter": "\n"}, r"delimiter='\\n'"),
        ({"delimiter": None}, "delimiter=None"),
        ({"classes": "cat"}, "classes='cat': wanted texts that differ"),
        ({"classes": ("cat", "cat")}, "classes="),
        ({"classes": ()}, r"classes=\(\)"),
        ({"classes": (3, 7)}, r"classes=\(3, 7\)"),
        ({"classes": 2}, "classes=2"),
    ],
)
def test_load_csv_refuses_bad_options(options, match, written):
    with pytest.raises(OptionError, match=match):
        pn.load_csv(written(PETS), **options)


def test_load_csv_refuses_a_name_that_two_columns_have(written):
    with pytest.raises(OptionError, match="target='a' is no one column"):
        pn.load_csv(written("a,a,b\n1,2,3\n"), target="a")
    with pytest.raises(FileNotFoundError):
        pn.load_csv("no such file.csv")


def test_load_csv_reads_the_data_that_the_package_brings(tmp_path):
    from importlib.resources import files

    path = tmp_path / "iris"
    path.write_bytes(files("purenn.data").joinpath("iris.csv.gz").read_bytes())
    assert pn.load_csv(path)[:2] == pn.load_iris()
